//! A list cut into its items: lines, rows, values. Bytes may come cut anywhere.

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A JSON array.
    Array,
    /// A JSON value a line.
    Values,
    /// Rows of cells, the first one with their names or not.
    Csv,
    /// A device a line.
    Lines,
}

/// The longest item, in bytes.
const LONGEST: usize = 1024;

/// One item, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item<'a> {
    /// Its place: of a JSON array its number, else its line; both counted from 1.
    pub(super) place: u64,
    pub(super) form: Form,
    /// `Err` with what is wrong where it is none.
    pub(super) text: Result<&'a [u8], &'static str>,
}

/// Cuts a list.
pub(super) struct Items {
    form: Form,
    place: u64,
    held: Vec<u8>,
    /// The item is longer than items may be; its rest is passed over.
    is_long: bool,
    array: Array,
}

/// Where in a JSON array the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Array {
    Before,
    /// Before a value; `is_due`: a comma came, so there has to be one.
    Between {
        is_due: bool,
    },
    Inside {
        depth: u32,
        in_string: bool,
        is_escaped: bool,
    },
    After,
    /// It is no array, which was said.
    Broken,
}

impl Items {
    pub(super) fn new(form: Form) -> Self {
        Self { form, place: 1, held: Vec::new(), is_long: false, array: Array::Before }
    }

    /// The place of the item that comes next.
    pub(super) fn place(&self) -> u64 {
        self.place
    }

    /// Takes what came and hands out the items that are whole.
    pub(super) fn take(&mut self, bytes: &[u8], mut out: impl FnMut(Item<'_>)) {
        match self.form {
            Form::Array => bytes.iter().for_each(|&byte| self.array_byte(byte, &mut out)),
            Form::Values | Form::Csv | Form::Lines => self.lines(bytes, &mut out),
        }
    }

    /// No more comes.
    pub(super) fn end(&mut self, mut out: impl FnMut(Item<'_>)) {
        match (self.form, self.array) {
            (Form::Array, Array::After | Array::Broken) => {}
            (Form::Array, Array::Before) => self.say("expected a JSON array, found nothing", &mut out),
            (Form::Array, Array::Between { .. } | Array::Inside { .. }) => {
                self.say("the array is not closed: is the list whole?", &mut out);
            }
            (Form::Values | Form::Csv | Form::Lines, _) if self.held.is_empty() && !self.is_long => {}
            (Form::Values | Form::Csv | Form::Lines, _) => self.give(&mut out),
        }
    }

    fn lines(&mut self, mut bytes: &[u8], out: &mut impl FnMut(Item<'_>)) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (line, rest) = (&bytes[..end], &bytes[end + 1..]);
            if self.held.is_empty() && !self.is_long && line.len() <= LONGEST {
                // A line that came whole is read where it stands.
                Self::line(self.form, self.place, line, out);
                self.place += 1;
            } else {
                self.hold(line);
                self.give(out);
            }
            bytes = rest;
        }
        self.hold(bytes);
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.held.len() + bytes.len() > LONGEST {
            self.is_long = true;
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Hands out what is held.
    fn give(&mut self, out: &mut impl FnMut(Item<'_>)) {
        if self.is_long {
            self.is_long = false;
            self.say("it is longer than 1024 bytes", out);
        } else if self.form == Form::Array {
            out(Item { place: self.place, form: self.form, text: Ok(&self.held) });
        } else {
            Self::line(self.form, self.place, &self.held, out);
        }
        self.held.clear();
        self.place += 1;
    }

    /// One line, without its end; an empty one is none.
    fn line(form: Form, place: u64, line: &[u8], out: &mut impl FnMut(Item<'_>)) {
        let line = if place == 1 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        let line = line.trim_ascii();
        if !line.is_empty() {
            out(Item { place, form, text: Ok(line) });
        }
    }

    fn say(&self, wrong: &'static str, out: &mut impl FnMut(Item<'_>)) {
        out(Item { place: self.place, form: self.form, text: Err(wrong) });
    }

    fn array_byte(&mut self, byte: u8, out: &mut impl FnMut(Item<'_>)) {
        let is_blank = matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.array = match self.array {
            Array::Before if is_blank || matches!(byte, 0xef | 0xbb | 0xbf) => Array::Before,
            Array::Before if byte == b'[' => Array::Between { is_due: false },
            Array::Before => self.broken("expected a JSON array, found something else", out),
            Array::Between { .. } if is_blank => self.array,
            Array::Between { is_due: false } if byte == b']' => Array::After,
            Array::Between { .. } if matches!(byte, b']' | b',') => self.broken("expected a value, found none", out),
            Array::Between { .. } => {
                self.hold(&[byte]);
                let depth = u32::from(matches!(byte, b'{' | b'['));
                Array::Inside { depth, in_string: byte == b'"', is_escaped: false }
            }
            Array::Inside { depth, in_string, is_escaped } => {
                return self.inside(byte, depth, in_string, is_escaped, out);
            }
            Array::After if is_blank => Array::After,
            Array::After => self.broken("something follows the array", out),
            Array::Broken => Array::Broken,
        };
    }

    /// A byte of a value: it ends with its last bracket, or before a comma or the array's end.
    fn inside(&mut self, byte: u8, depth: u32, in_string: bool, is_escaped: bool, out: &mut impl FnMut(Item<'_>)) {
        let next = |depth, in_string, is_escaped| Array::Inside { depth, in_string, is_escaped };
        if !in_string && depth == 0 && matches!(byte, b',' | b']') {
            self.give(out);
            self.array = if byte == b',' { Array::Between { is_due: true } } else { Array::After };
            return;
        }
        self.hold(&[byte]);
        self.array = match byte {
            _ if is_escaped => next(depth, in_string, false),
            b'\\' if in_string => next(depth, true, true),
            b'"' => next(depth, !in_string, false),
            b'{' | b'[' if !in_string => next(depth.saturating_add(1), false, false),
            b'}' | b']' if !in_string => next(depth.saturating_sub(1), false, false),
            _ => next(depth, in_string, false),
        };
    }

    fn broken(&self, wrong: &'static str, out: &mut impl FnMut(Item<'_>)) -> Array {
        self.say(wrong, out);
        Array::Broken
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(form: Form, pieces: &[&[u8]]) -> Vec<String> {
        let mut items = Items::new(form);
        let mut all = Vec::new();
        let mut note = |item: Item<'_>| {
            let text =
                item.text.map_or_else(|wrong| format!("! {wrong}"), |text| String::from_utf8_lossy(text).into_owned());
            all.push(format!("{}: {text}", item.place));
        };
        for piece in pieces {
            items.take(piece, &mut note);
        }
        items.end(&mut note);
        all
    }

    #[test]
    fn an_array_is_cut_into_its_values() {
        let all = [
            r#"[]"#,
            r#" ["a", {"imei":"b]","x":[1,"\""]} ,12, null]"#,
            r#"["a" "b"]"#,
            r#"["a","#,
            r#"["a",]"#,
            r#"[,"a"]"#,
            r#"{"imei":"a"}"#,
            r#"["a"] x"#,
            "",
        ]
        .map(|text| format!("{text}\n  {}", cut(Form::Array, &[text.as_bytes()]).join("\n  ")));
        insta::assert_snapshot!(all.join("\n"), @r#"
        []
          
         ["a", {"imei":"b]","x":[1,"\""]} ,12, null]
          1: "a"
          2: {"imei":"b]","x":[1,"\""]} 
          3: 12
          4: null
        ["a" "b"]
          1: "a" "b"
        ["a",
          1: "a"
          2: ! the array is not closed: is the list whole?
        ["a",]
          1: "a"
          2: ! expected a value, found none
        [,"a"]
          1: ! expected a value, found none
        {"imei":"a"}
          1: ! expected a JSON array, found something else
        ["a"] x
          1: "a"
          2: ! something follows the array

          1: ! expected a JSON array, found nothing
        "#);
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let text = "\u{feff}001017001234569\r\n\n  001017001234577  \nx";
        insta::assert_snapshot!(cut(Form::Lines, &[text.as_bytes()]).join("\n"), @"
        1: 001017001234569
        3: 001017001234577
        4: x
        ");
    }

    #[test]
    fn a_line_without_end_is_passed_over_and_the_next_one_read() {
        let long = "1".repeat(5000);
        let all = cut(Form::Lines, &[b"a\n", long.as_bytes(), long.as_bytes(), b"\nb"]);
        assert_eq!(all, ["1: a", "2: ! it is longer than 1024 bytes", "3: b"]);
    }

    proptest! {
        #[test]
        fn cut_anywhere_the_items_are_the_same(
            text in "[\\[\\]{}\",\\\\a1 \\n]{0,60}",
            at in prop::collection::vec(0usize..60, 0..6),
            form in prop::sample::select(vec![Form::Array, Form::Values, Form::Csv, Form::Lines]),
        ) {
            let mut at: Vec<usize> = at.into_iter().map(|at| at.min(text.len())).collect();
            at.extend([0, text.len()]);
            at.sort_unstable();
            let pieces: Vec<&[u8]> = at.windows(2).map(|ends| &text.as_bytes()[ends[0]..ends[1]]).collect();
            prop_assert_eq!(cut(form, &pieces), cut(form, &[text.as_bytes()]));
        }
    }
}
