//! Names with `*` for any characters and `?` for one.

/// Whether a text is what a pattern stands for; in time that grows with the product of both.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut at, mut read) = (0, 0);
    // The last `*`, and how much of the text it stands for so far.
    let mut star: Option<(usize, usize)> = None;
    while read < text.len() {
        match (pattern.get(at), star) {
            (Some('*'), _) => {
                star = Some((at, read));
                at += 1;
            }
            (Some(one), _) if *one == '?' || *one == text[read] => {
                at += 1;
                read += 1;
            }
            (_, Some((last, taken))) => {
                star = Some((last, taken + 1));
                at = last + 1;
                read = taken + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|rest| *rest == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_anything_and_a_question_mark_is_one() {
        for (pattern, text) in [
            ("", ""),
            ("*", ""),
            ("a*c", "abbc"),
            ("*if02*", "usb-X-if02-port0"),
            ("tty?SB*", "ttyUSB12"),
            ("a**b", "ab"),
        ] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("?", ""), ("a*c", "abb"), ("ttyUSB1", "ttyUSB12"), ("*a*a", "ba")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_full_of_stars_ends() {
        assert!(!matches(&"*a".repeat(500), &"a".repeat(499)));
        assert!(matches(&"*a".repeat(500), &"a".repeat(500)));
    }

    proptest::proptest! {
        #[test]
        fn a_text_matches_itself_and_each_of_its_characters_may_be_anything(text in "[a-z0-9/._-]{0,20}", at in 0..20usize) {
            proptest::prop_assert!(matches(&text, &text));
            let any: String = text.chars().enumerate().map(|(place, one)| if place == at { '?' } else { one }).collect();
            proptest::prop_assert!(matches(&any, &text));
            let (within, longer) = (format!("*{text}*"), format!("x{text}y"));
            proptest::prop_assert!(matches(&within, &longer));
        }
    }
}
