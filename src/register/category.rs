//! What kind of reason a row has, as coarse as the standard interfaces tell it.

use super::lists::List;
use std::fmt;

/// The kind of a reason, read off how its text begins.
///
/// Lists name it in words of their own (`stolen, police report 12`, `unpaid bill`); what is none of these is
/// *unspecified*.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// Lost by its owner.
    Lost,
    /// Stolen.
    Stolen,
    /// Obtained or used by fraud, or a counterfeit.
    Fraud,
    /// Not paid for.
    NonPayment,
    /// Barred by an authority: not approved, not registered, a barred model.
    Regulatory,
    /// Its number is on several devices.
    Duplicate,
    /// None of these, or no reason at all.
    Unspecified,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Lost, Self::Stolen, Self::Fraud, Self::NonPayment, Self::Regulatory, Self::Duplicate, Self::Unspecified];

    /// What the texts of a category begin with, in lowercase.
    fn beginnings(self) -> &'static [&'static str] {
        match self {
            Self::Lost => &["lost"],
            Self::Stolen => &["stolen", "theft", "robbery", "robbed"],
            Self::Fraud => &["fraud", "counterfeit", "fake", "clone"],
            Self::NonPayment => &["non-payment", "non payment", "nonpayment", "unpaid", "debt", "default of payment"],
            Self::Regulatory => {
                &["regulat", "barred", "banned", "not registered", "not-registered", "unapproved", "not approved"]
            }
            Self::Duplicate => &["duplicat"],
            Self::Unspecified => &[],
        }
    }

    /// The category of a reason: the one with whose words it begins, in whatever case.
    pub fn of(reason: &str) -> Self {
        let reason = reason.trim_start().as_bytes();
        Self::ALL
            .into_iter()
            .find(|category| {
                category.beginnings().iter().any(|beginning| {
                    reason.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning.as_bytes()))
                })
            })
            .unwrap_or(Self::Unspecified)
    }

    /// `lost`, `stolen`, `fraud`, `non-payment`, `regulatory`, `duplicate` or `unspecified`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Stolen => "stolen",
            Self::Fraud => "fraud",
            Self::NonPayment => "non-payment",
            Self::Regulatory => "regulatory",
            Self::Duplicate => "duplicate",
            Self::Unspecified => "unspecified",
        }
    }

    /// What CAMARA calls a device that is on `list` for this reason.
    ///
    /// Source: CAMARA DeviceAuthenticity, `operationalStatus` of `check-status`.
    pub fn operational_status(self, list: List) -> &'static str {
        match (list, self) {
            (List::Allow | List::Track, _) => "allowed",
            (List::Block, Self::Lost | Self::Stolen | Self::Fraud | Self::NonPayment | Self::Regulatory) => self.word(),
            (List::Block, Self::Duplicate | Self::Unspecified) => "blocked",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_sorted_by_how_it_begins() {
        let all = [
            "lost on the train",
            "STOLEN, report 12",
            "Theft",
            "fraudulent order",
            "counterfeit",
            "Unpaid bill",
            "barred TAC",
            "not registered",
            "duplicated",
            "",
            "said to be stolen",
        ];
        let told = all.map(|reason| {
            let category = Category::of(reason);
            format!("{reason:?} {category} {}", category.operational_status(List::Block))
        });
        insta::assert_snapshot!(told.join("\n"), @r#"
        "lost on the train" lost lost
        "STOLEN, report 12" stolen stolen
        "Theft" stolen stolen
        "fraudulent order" fraud fraud
        "counterfeit" fraud fraud
        "Unpaid bill" non-payment non-payment
        "barred TAC" regulatory regulatory
        "not registered" regulatory regulatory
        "duplicated" duplicate blocked
        "" unspecified blocked
        "said to be stolen" unspecified blocked
        "#);
        assert!(Category::ALL.iter().all(|category| Category::of(category.word()) == *category));
        assert_eq!(Category::Stolen.operational_status(List::Track), "allowed");
    }
}
