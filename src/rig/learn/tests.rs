use std::sync::Arc;

use super::*;

/// Learns the virtual modem of a profile.
fn learn(profile: &Arc<Profile>, base: Option<&str>) -> (Learner, Learned) {
    let mut modem = Imagined::new(profile.clone());
    let mut learner = Learner::new();
    while let Some(question) = learner.question().map(str::to_owned) {
        learner.answered(modem.ask(&question));
    }
    let learned = learner.finish("learned", base).unwrap();
    (learner, learned)
}

/// What of the answers a modem of the learned profile gives otherwise, less the names of identities.
fn otherwise(learner: &Learner, learned: &Learned) -> Vec<String> {
    let mut modem = Imagined::new(Profile::parse("learned", &learned.text, &[]).unwrap());
    let mut said = Answers::default();
    learner.answers.iter().for_each(|(question, _)| said.put(question, modem.ask(question)));
    let (told, said) = (identities::named(&learner.answers), identities::named(&said));
    let differs = told.iter().filter(|(question, answer)| said.to(question) != Some(answer));
    differs.map(|(question, answer)| format!("{question}\n  told {answer:?}\n  said {:?}", said.to(question))).collect()
}

#[test]
fn a_built_in_modem_is_recognised_and_nothing_is_added() {
    for name in Profile::names() {
        let (learner, learned) = learn(&Profile::named(name, &[]).unwrap(), None);
        assert_eq!(otherwise(&learner, &learned), Vec::<String>::new(), "{name}");
        assert_eq!((learned.base.as_str(), learned.alike), (name, learned.asked));
        let said: Vec<&str> = learned.text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
        assert_eq!(said.len(), 3, "only its name, its title and its base: {said:#?}");
    }
}

#[test]
fn a_modem_is_learned_on_the_base_of_another() {
    for name in Profile::names().filter(|name| *name != "generic-lte") {
        let (learner, learned) = learn(&Profile::named(name, &[]).unwrap(), Some("generic-lte"));
        let differs = otherwise(&learner, &learned);
        let told: Vec<&str> = learned.left.iter().map(|(question, _)| question.as_str()).collect();
        let hidden: Vec<&String> =
            differs.iter().filter(|text| !told.iter().any(|question| text.starts_with(question))).collect();
        assert!(hidden.is_empty(), "{name}: {hidden:#?}\n{}", learned.text);
        assert!(learned.alike * 100 >= learned.asked * 95, "{name}: {} of {}", learned.alike, learned.asked);
    }
}

#[test]
fn what_a_user_set_is_found_again() {
    let text = r#"
        name = "mine"
        unknown = 4
        hides = ["+CNEC", "+CPSB"]

        [equipment]
        model = "X1"
        charsets = ["GSM", "UCS2"]
        functionality = "0,1,4,7"

        [commands]
        "AT^SERIAL?" = "^SERIAL: {imei14},{iccid}"

        [settings]
        "+CMEE" = { default = 1, values = "0-1", keep = "stored", factory = true }
        "+CNMI.bm" = { default = 0, values = "0", keep = "stored", factory = true }
        "S7" = { default = 20, values = "1-255", keep = "stored", factory = true }
    "#;
    let (learner, learned) = learn(&Profile::parse("mine", text, &[]).unwrap(), None);
    assert_eq!(otherwise(&learner, &learned), Vec::<String>::new());
    let said: Vec<&str> = learned.text.lines().filter(|line| !line.starts_with('#')).collect();
    insta::assert_snapshot!(said.join("\n").trim_start(), @r#"
    name = "learned"
    title = "atgate X1"
    base = "generic-lte"
    hides = ["+CNEC", "+CPSB"]
    unknown = 4

    [equipment]
    charsets = ["GSM", "UCS2"]
    functionality = "0,1,4,7"
    model = "X1"

    [commands]
    "AT^SERIAL?" = "^SERIAL: {imei14},{iccid}"

    [settings]
    "+CMEE" = { default = 1, values = "0-1", keep = "stored", factory = true }
    "+CNMI.bm" = { default = 0, values = "0", keep = "stored", factory = true }
    "S7" = { default = 20, values = "1-255", keep = "stored", factory = true }
    "#);
}
