//! Cases some at a time, and a case's trail in parts: whoever reads on says where the last page ended.

use super::file::{Case, CaseError};
use crate::register::store::Store;

/// For one page so many cases are looked at, however few of them stand as is asked for.
pub const LOOKED: usize = 1000;

impl Store {
    /// The cases after one, the oldest first, `limit` at most: all, or those that stand so (`open`, `unlisted`, `kept`); of
    /// each trail its opening alone. Beside them the number after which the next page begins; `None` where this is the last.
    ///
    /// Looks at [`LOOKED`] cases at most: a page may have less than `limit`, or none, and others follow all the same.
    ///
    /// # Errors
    /// The store fails.
    pub fn cases_after(
        &mut self,
        standing: Option<&str>,
        after: i64,
        limit: usize,
    ) -> Result<(Vec<Case>, Option<i64>), CaseError> {
        let wanted = LOOKED.min(if standing.is_some() { LOOKED } else { limit });
        let most = i64::try_from(wanted + 1).unwrap_or(i64::MAX);
        let which = "f.id IN (SELECT id FROM case_file WHERE id > $1 ORDER BY id LIMIT $2) AND n.n = 1";
        let mut cases = self.read_cases(which, &[after.into(), most.into()])?;
        let mut follow = cases.len() > wanted;
        cases.truncate(wanted);
        let (mut found, mut last) = (Vec::new(), after);
        for case in cases {
            if found.len() == limit {
                follow = true;
                break;
            }
            last = case.id;
            if standing.is_none_or(|word| case.standing.word() == word) {
                found.push(case);
            }
        }
        Ok((found, follow.then_some(last)))
    }

    /// A case with what stands in its trail after so many entries, `limit` at most; and after how many the next part
    /// begins, `None` where this is the last.
    ///
    /// # Errors
    /// There is none of this number, or the store fails.
    pub fn case_after(&mut self, id: i64, after: i64, limit: usize) -> Result<(Case, Option<i64>), CaseError> {
        let end = after.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX));
        // Its opening always comes, so that a case is found whose trail is shorter; and one more, which says whether others
        // follow.
        let which = "f.id = $1 AND (n.n = 1 OR (n.n > $2 AND n.n <= $3))";
        let values = [id.into(), after.into(), end.saturating_add(1).into()];
        let mut case = self.read_cases(which, &values)?.pop().ok_or(CaseError::None(id))?;
        if after > 0 {
            case.trail.remove(0);
        }
        let follow = case.trail.len() > limit;
        case.trail.truncate(limit);
        Ok((case, follow.then_some(end)))
    }
}
