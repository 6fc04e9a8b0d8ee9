//! What those who run programs see: notices and health.

use crate::chat::{Message, TimeStyle, bold, time};
use crate::domain::civil::Instant;
use crate::domain::words::{NudgeKind, NudgeState};
use crate::store::audit::Act;
use crate::store::programs::Program;

/// Something that needs staff.
pub(in crate::core) fn notice(program: &Program, note: &str) -> Message {
    Message::new().heading(format!("{}: please look at this", program.name)).words(note)
}

/// A member left a group.
pub(in crate::core) fn member_left(name: &str, groups: &[String], left: usize, smallest: usize) -> String {
    let groups = super::list(groups);
    if left < smallest {
        format!(
            "{name} has left {groups}. It now has {left} participants, fewer than the {smallest} \
             you set. Consider another member or another group for them."
        )
    } else {
        format!("{name} has left {groups}.")
    }
}

/// A reporting line inside a published group (rows A9, B12).
pub(in crate::core) fn line_in_group(group: &str, one: &str, other: &str) -> String {
    format!(
        "{one} and {other} are both in {group}, and one of them now reports to the other. Nobody \
         mentors a person whose work they judge: please find one of them another group."
    )
}

/// One line of health.
pub(in crate::core) struct Health {
    pub(in crate::core) program: Program,
    pub(in crate::core) counts: Vec<(NudgeState, NudgeKind, Option<String>, i64)>,
    pub(in crate::core) acts: Vec<(Act, String)>,
}

/// What waits, what was held back and why.
pub(in crate::core) fn health(all: &[Health], oldest: Option<Instant>, now: Instant) -> Message {
    let mut message = Message::new().heading("Health");
    message = match oldest.filter(|at| *at < now.minus_minutes(5)) {
        Some(at) => message.text([
            "The oldest unsent message was due ".into(),
            time(at, TimeStyle::Relative),
            ".".into(),
        ]),
        None => message.words("Nothing is late."),
    };
    for health in all {
        let sum = |state: NudgeState| health.counts.iter().filter(|c| c.0 == state).map(|c| c.3).sum::<i64>();
        message = message
            .text([bold(&*health.program.name), format!(", {}", health.program.state).into()])
            .fields([
                ("Sent in 30 days", vec![sum(NudgeState::Done).to_string().into()]),
                ("Waiting", vec![sum(NudgeState::Ready).to_string().into()]),
                ("In doubt", vec![(sum(NudgeState::InDoubt) + sum(NudgeState::Sending)).to_string().into()]),
                ("Skipped", vec![sum(NudgeState::Skipped).to_string().into()]),
                ("Refused by the platform", vec![sum(NudgeState::Dead).to_string().into()]),
            ]);
        let rows: Vec<Vec<String>> = health
            .counts
            .iter()
            .filter_map(|(state, kind, reason, count)| {
                let why = reason.as_ref()?;
                Some(vec![
                    count.to_string(),
                    kind.in_words().to_owned(),
                    state.to_string().replace('_', " "),
                    why.clone(),
                ])
            })
            .take(20)
            .collect();
        message = message.table(["Number", "What", "State", "Why"], rows);
        let acts = health.acts.iter().map(|(act, who)| {
            let reason =
                if act.reason.is_empty() { String::new() } else { format!(" Reason: {}", act.reason) };
            vec![time(act.at, TimeStyle::DateTime), format!(" {who}: {}.{reason}", act.act).into()]
        });
        message = message.list(acts.collect::<Vec<_>>());
    }
    message
}
