//! The standing card at the top of a group's room, and the room's topic. Both are drawn from what is true now; the
//! topic changes only when the next meetup does, for a platform tells the room of each new topic.

use super::Facts;
use crate::chat::{Message, TimeStyle, command, time};
use crate::content::Content;
use crate::domain::civil::Instant;
use crate::domain::words::{Role, Rsvp};
use crate::store::groups::Group;
use crate::store::meetups::Meetup;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

/// One line under the name of a group's room. It is the same for all readers, so the time names its zone.
pub(in crate::core) fn topic(next: Option<&Meetup>) -> String {
    let private = super::groups::room_topic();
    match next {
        Some(meetup) => {
            let civil = meetup.zone.civil(meetup.starts_at);
            let when = civil.strftime("%a %-d %b %Y, %H:%M");
            format!("{private} Next meetup: {when} ({}).", meetup.zone.name())
        }
        None => private.to_owned(),
    }
}

/// The card, with the topic that goes with it.
pub(in crate::core) async fn standing(
    tx: &mut Tx,
    content: &Content,
    program: &Program,
    group: &Group,
    now: Instant,
) -> Result<(String, Message), StoreError> {
    let next = tx.find_next_meetup(&group.id, now).await?;
    let members = tx.list_members_with_persons(&group.id).await?;
    let mentors: Vec<&str> =
        members.iter().filter(|(m, _)| m.role == Role::Mentor).map(|(_, p)| p.name.as_str()).collect();
    let mentors = if mentors.is_empty() { "none at the moment".to_owned() } else { super::list(&mentors) };
    let mut message = super::groups::with_purpose(
        Message::new().heading(format!("{} of {}", group.name, program.name)),
        group,
    );
    match &next {
        Some(meetup) => {
            let facts = Facts::read(tx, &meetup.id).await?;
            message = message
                .fields([
                    ("Mentor", vec![mentors.into()]),
                    (
                        "Next meetup",
                        vec![
                            time(meetup.starts_at, TimeStyle::DateTime),
                            format!(", {} minutes", meetup.minutes).into(),
                        ],
                    ),
                    ("Theme", vec![facts.theme(content).into()]),
                    ("Place", super::meetups::place(&facts)),
                    ("Answers", vec![answers(&facts).into()]),
                ])
                .actions(super::meetups::rsvp_buttons(meetup));
        }
        None => {
            message = message.fields([("Mentor", vec![mentors.into()])]).text([
                "No meetup is planned. The mentor can plan one with ".into(),
                command("meetup schedule"),
                ".".into(),
            ]);
        }
    }
    let charter = command(format!("charter {}", program.slug));
    let message = message.note([
        "What is said here stays here. The charter you all accepted: ".into(),
        charter,
        ".".into(),
    ]);
    Ok((topic(next.as_ref()), message))
}

/// How many answered what.
fn answers(facts: &Facts) -> String {
    let given = |answer: Rsvp| facts.names_with(answer).len();
    let (yes, maybe, no) = (given(Rsvp::Yes), given(Rsvp::Maybe), given(Rsvp::No));
    let open = facts.members.len().saturating_sub(yes + maybe + no);
    let mut parts = Vec::new();
    for (count, words) in
        [(yes, "will come"), (maybe, "may come"), (no, "cannot come"), (open, "yet to answer")]
    {
        if count > 0 {
            parts.push(format!("{count} {words}"));
        }
    }
    parts.join(", ")
}
