//! The register in memory: lists, policies, whether it is up, and who came with which subscription.

use super::answer::{Answer, Inquiry, Reason};
use super::decision::{Subscriptions, decide};
use super::entry::{Entry, EntryError};
use super::lists::{List, Lists};
use super::policy::Policy;
use super::settings::Settings;

/// An equipment register in memory.
///
/// ```
/// use atgate::register::{Inquiry, Register, Verdict};
///
/// let mut register = Register::default();
/// register.block("001017001234569")?;
/// let inquiry = Inquiry { pei: Some("imeisv-0010170012345607".parse()?), imsi: None };
/// assert_eq!(register.check(&inquiry).verdict, Verdict::Block);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Register {
    lists: Lists,
    policy: Policy,
    is_down: bool,
    seen: Subscriptions,
}

impl Register {
    /// A register with these lists and policies, up. Where an entry stands on several lists, block wins over track, and
    /// track over allow.
    pub fn new(settings: &Settings) -> Self {
        let mut register = Self { policy: settings.policy(), ..Self::default() };
        for (list, entries) in
            [(List::Allow, &settings.allow), (List::Track, &settings.track), (List::Block, &settings.block)]
        {
            for entry in entries {
                register.lists.put(list, *entry);
            }
        }
        register
    }

    /// Puts an identity, TAC, range or pair on the block list.
    ///
    /// # Errors
    /// The text is no entry.
    pub fn block(&mut self, text: &str) -> Result<Entry, EntryError> {
        self.put(List::Block, text)
    }

    /// Puts an identity, TAC, range or pair on the track list.
    ///
    /// # Errors
    /// The text is no entry.
    pub fn track(&mut self, text: &str) -> Result<Entry, EntryError> {
        self.put(List::Track, text)
    }

    /// Puts an identity, TAC, range or pair on the allow list.
    ///
    /// # Errors
    /// The text is no entry.
    pub fn allow(&mut self, text: &str) -> Result<Entry, EntryError> {
        self.put(List::Allow, text)
    }

    /// Puts an identity, TAC, range or pair on a list.
    ///
    /// # Errors
    /// The text is no entry.
    pub fn put(&mut self, list: List, text: &str) -> Result<Entry, EntryError> {
        let entry = Entry::parse(text)?;
        self.lists.put(list, entry);
        Ok(entry)
    }

    /// Takes an entry off whatever list it is on; whether it was on one.
    ///
    /// # Errors
    /// The text is no entry.
    pub fn forget(&mut self, text: &str) -> Result<bool, EntryError> {
        Ok(self.lists.forget(Entry::parse(text)?))
    }

    /// The lists.
    pub fn lists(&mut self) -> &mut Lists {
        &mut self.lists
    }

    /// The policies.
    pub fn policy(&mut self) -> &mut Policy {
        &mut self.policy
    }

    /// Takes the register down: every inquiry is answered *unavailable*.
    pub fn down(&mut self) {
        self.is_down = true;
    }

    /// Brings the register up again.
    pub fn up(&mut self) {
        self.is_down = false;
    }

    /// Decides about a device.
    ///
    /// A device that came with another subscription before is reported with the finding `register.duplicate`: two
    /// devices with one IMEI look so, and so does one device whose SIM was changed. The policy `duplicate` decides only
    /// about equipment that is on no list.
    pub fn check(&mut self, inquiry: &Inquiry) -> Answer {
        if self.is_down {
            return self.policy.answer(Reason::Failure);
        }
        let Self { policy, seen, lists, .. } = self;
        decide(policy, seen, inquiry, |key, imsi| lists.find(key, imsi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(register: &mut Register, pei: Option<&str>, imsi: Option<&str>) -> String {
        let answer = register
            .check(&Inquiry { pei: pei.map(|pei| pei.parse().unwrap()), imsi: imsi.map(|imsi| imsi.parse().unwrap()) });
        let refusal = answer.refusal.map_or("let in".to_owned(), |refusal| format!("refused with {refusal}"));
        let findings: String = answer.findings.iter().map(|finding| format!("\n  {finding}")).collect();
        format!("{answer}; {refusal}{findings}")
    }

    fn register(text: &str) -> Register {
        Register::new(&Settings::from_toml(text).unwrap())
    }

    #[test]
    fn every_spelling_of_a_listed_device_is_refused() {
        let mut register = register("block = ['00101700123456']");
        for pei in ["imei-001017001234569", "imei-001017001234560", "imei-00101700123456", "imeisv-0010170012345678"] {
            assert_eq!(ask(&mut register, Some(pei), None), "block: it is on the block list; refused with #6");
        }
        assert_eq!(ask(&mut register, Some("imei-001017001234577"), None), "allow: it is on no list; let in");
    }

    #[test]
    fn each_policy_decides_what_no_list_does() {
        let inquiries = [Some("imei-001017001234569"), None, Some("imei-12"), Some("mac-00-00-5E-00-53-01")];
        let mut all = Vec::new();
        for action in ["allow", "track", "block", "block-7", "retry"] {
            let mut register = register(&format!(
                "unknown = '{action}'\nmissing = '{action}'\nmalformed = '{action}'\nfailure = '{action}'"
            ));
            all.push(format!("{action}:"));
            all.extend(inquiries.map(|pei| ask(&mut register, pei, None)));
            register.down();
            all.push(ask(&mut register, inquiries[0], None));
            register.up();
            assert!(!ask(&mut register, inquiries[0], None).contains("unavailable"));
        }
        insta::assert_snapshot!(all.join("\n"), @"
        allow:
        allow: it is on no list; let in
        allow: it gave no identity; let in
        allow: what it gave is no identity; let in
        allow: it is on no list; let in
        unavailable: the register did not answer; let in
        track:
        track: it is on no list; let in
        track: it gave no identity; let in
        track: what it gave is no identity; let in
        track: it is on no list; let in
        unavailable: the register did not answer; let in
        block:
        block: it is on no list; refused with #6
        block: it gave no identity; refused with #6
        block: what it gave is no identity; refused with #6
        block: it is on no list; refused with #6
        unavailable: the register did not answer; refused with #17, in nr #90
        block-7:
        block: it is on no list; refused with #7
        block: it gave no identity; refused with #7
        block: what it gave is no identity; refused with #7
        block: it is on no list; refused with #7
        unavailable: the register did not answer; refused with #7
        retry:
        block: it is on no list; refused with #17, in nr #90
        block: it gave no identity; refused with #17, in nr #90
        block: what it gave is no identity; refused with #17, in nr #90
        block: it is on no list; refused with #17, in nr #90
        unavailable: the register did not answer; refused with #17, in nr #90
        ");
    }

    #[test]
    fn one_imei_with_two_subscriptions_is_noticed() {
        let mut register = register("duplicate = 'block'");
        let imei = Some("imei-001017001234569");
        let all = [
            ask(&mut register, imei, Some("001010000000001")),
            ask(&mut register, imei, Some("001010000000001")),
            ask(&mut register, Some("imeisv-0010170012345601"), Some("001010000000002")),
            ask(&mut register, imei, Some("001010000000001")),
        ];
        insta::assert_snapshot!(all.join("\n"), @"
        allow: it is on no list; let in
        allow: it is on no list; let in
        block: it came with another subscription before; refused with #6
          warning[register.duplicate]: this IMEI has come with 2 subscriptions: two devices share it, or the SIM was changed
        allow: it is on no list; let in
        ");
    }

    #[test]
    fn a_wrong_entry_leaves_the_lists_as_they_were() {
        let mut register = Register::default();
        assert!(register.block("0010170012345").is_err());
        assert!(register.lists().is_empty());
    }
}
