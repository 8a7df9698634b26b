use super::*;

#[test]
fn every_number_of_table_1_finds_its_code_again() {
    for result in FinalResult::FIXED {
        if let Some(number) = result.number() {
            assert_eq!(FinalResult::from_number(number), Some(result));
        }
        assert_eq!(FinalResult::from_text(result.text().as_bytes()), Some(result));
    }
}
