//! Learns a module: asks it what can be asked without changing anything, and writes the profile with which the virtual
//! modem answers as that module does.
//!
//! What a built-in key of a profile says becomes that key; what none says, an answer under `[commands]`. A virtual modem of
//! the profile is asked the same questions, so that what it would answer otherwise is known and told. Identities never get
//! into a profile: names stand in their place, which the virtual modem fills with test identities.
//!
//! Knows nothing of ports: [`Learner`] gives questions and takes answers; [`learn`] asks them over a [`Talk`].

mod answers;
mod derive;
mod draft;
mod identities;
mod imagined;
mod questions;
#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

pub use self::answers::{Answer, Answers};
pub use self::derive::Unlearned;

use self::draft::Draft;
use self::imagined::Imagined;
use crate::modem::{Profile, ProfileError};
use crate::rig::talk::{Talk, TalkError};

/// How long a module may take to answer one question.
const PATIENCE: Duration = Duration::from_secs(5);

/// A module that is silent so often in a row has gone.
const SILENT: u32 = 5;

/// So many commands of a module are asked about; what lists more is no module.
const COMMANDS: usize = 2000;

/// What to ask next, and what was answered.
#[derive(Debug)]
pub struct Learner {
    todo: VecDeque<String>,
    seen: HashSet<String>,
    answers: Answers,
    asked_about: bool,
}

/// A profile that was learned.
#[derive(Debug, Clone)]
pub struct Learned {
    /// The profile's text.
    pub text: String,
    /// The built-in profile that it is based on.
    pub base: String,
    /// How many questions were asked.
    pub asked: usize,
    /// How many a virtual modem of this profile answers alike.
    pub alike: usize,
    /// The others, and why each is not learned.
    pub left: Vec<(String, Unlearned)>,
}

impl Default for Learner {
    fn default() -> Self {
        Self::new()
    }
}

impl Learner {
    /// Begins with the questions for every module.
    pub fn new() -> Self {
        let mut learner =
            Learner { todo: VecDeque::new(), seen: HashSet::new(), answers: Answers::default(), asked_about: false };
        learner.queue(questions::FIRST.iter().map(|question| (*question).to_owned()));
        learner.queue(questions::REGISTERS.iter().map(|register| format!("ATS{register}?")));
        learner
    }

    fn queue(&mut self, questions: impl Iterator<Item = String>) {
        for question in questions {
            if self.seen.insert(question.clone()) {
                self.todo.push_back(question);
            }
        }
    }

    /// The command line to send next; `None` at the end.
    pub fn question(&self) -> Option<&str> {
        self.todo.front().map(String::as_str)
    }

    /// How many questions are left, as far as is known.
    pub fn remaining(&self) -> usize {
        self.todo.len()
    }

    /// Takes the answer to the [question](Self::question).
    pub fn answered(&mut self, answer: Answer) {
        let Some(question) = self.todo.pop_front() else { return };
        self.answers.put(&question, answer);
        if self.todo.is_empty() && !std::mem::replace(&mut self.asked_about, true) {
            // What the module says it has, and what a module may have that does not say.
            let mut names: Vec<String> = self.answers.names().into_iter().flatten().map(str::to_owned).collect();
            for name in Profile::names() {
                if let Ok(profile) = Profile::named(name, &[]) {
                    let mut answers = Answers::default();
                    answers.put(questions::COMMANDS, Imagined::new(profile).ask(questions::COMMANDS));
                    names.extend(answers.names().into_iter().flatten().map(str::to_owned));
                }
            }
            names.truncate(COMMANDS);
            self.queue(names.iter().flat_map(|name| questions::about(name)));
        }
    }

    /// Makes the profile: on this base, or on the built-in one whose modem answers most alike.
    ///
    /// # Errors
    ///
    /// The base is unknown.
    pub fn finish(&self, name: &str, base: Option<&str>) -> Result<Learned, ProfileError> {
        let told = &identities::named(&self.answers);
        let value = |question: &str| told.to(question).and_then(Answer::value).unwrap_or("?").to_owned();
        let title = format!("{} {}", value("AT+CGMI"), value("AT+CGMM"));
        let base = match base {
            Some(base) => Profile::named(base, &[]).map(|_| base)?,
            None => nearest(&title, told)?,
        };
        let mut draft = Draft::new(name, &title, base);
        derive::keys(&mut draft, told)?;
        let left = derive::answers(&mut draft, told)?;
        let imagined = derive::imagine(&draft, told)?;
        let alike = told.iter().filter(|(question, answer)| imagined.to(question) == Some(answer)).count();
        let mut comments = vec![
            format!(
                "{title}, as it answered {} questions; what does not stand here is as in {base}, unasked.",
                told.len()
            ),
            "Not to be learned by asking: times, what comes by itself, what a command does.".to_owned(),
        ];
        for (question, why) in left.iter().filter(|(_, why)| *why != Unlearned::State) {
            comments.push(format!("{question}: {}", why.words()));
        }
        Ok(Learned { text: draft.text(&comments), base: base.to_owned(), asked: told.len(), alike, left })
    }
}

/// The built-in profile that is most like the module; generic-lte where another maker's would be.
fn nearest(title: &str, told: &Answers) -> Result<&'static str, ProfileError> {
    let maker = title.split_whitespace().next().unwrap_or_default();
    let mut best = ("generic-lte", 0);
    for name in Profile::names() {
        let profile = Profile::named(name, &[])?;
        if name != "generic-lte" && !profile.equipment.manufacturer.eq_ignore_ascii_case(maker) {
            continue;
        }
        let imagined = derive::imagine(&Draft::new("candidate", title, name), told)?;
        let alike = told.iter().filter(|(question, answer)| imagined.to(question) == Some(answer)).count();
        if alike > best.1 {
            best = (name, alike);
        }
    }
    Ok(best.0)
}

/// Asks a module everything, and tells `each` how many questions are behind and ahead.
///
/// # Errors
///
/// The port's; [`TalkError::Silent`] where the module stopped answering.
pub async fn learn(talk: &mut Talk, mut each: impl FnMut(usize, usize)) -> Result<Learner, TalkError> {
    let mut learner = Learner::new();
    let (mut asked, mut silent) = (0, 0);
    while let Some(question) = learner.question().map(str::to_owned) {
        let answer = match talk.ask(&question, Some(PATIENCE)).await {
            Ok(reply) => {
                silent = 0;
                Answer { lines: reply.lines, ended: Some(reply.ended) }
            }
            Err(TalkError::Silent { command, limit }) => {
                silent += 1;
                if silent == SILENT {
                    return Err(TalkError::Silent { command, limit });
                }
                // What comes late belongs to nothing that is asked from now on.
                talk.listen(PATIENCE, |_| false).await?;
                Answer { lines: Vec::new(), ended: None }
            }
            Err(error @ (TalkError::NotACommand(_) | TalkError::Rewrites(_) | TalkError::Port(_))) => {
                return Err(error);
            }
        };
        if answer.ended == Some(crate::rig::talk::Ended::Prompt) {
            talk.give_up_text().await?;
        }
        learner.answered(answer);
        asked += 1;
        each(asked, learner.remaining());
    }
    Ok(learner)
}
