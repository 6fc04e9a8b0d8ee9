//! Meetups as a file for the reader's own calendar. It goes with messages that are sent once to one person (the
//! group one is in, a meetup that moved, one that is off), never with a card in a room: that is redrawn after every
//! answer, and a file cannot be changed in place. A meetup keeps its name in every file, so a later file corrects
//! what an earlier one put into the calendar.

use base64::Engine as _;

use super::Facts;
use crate::chat::Block;
use crate::content::Content;
use crate::domain::calendar::{Entry, file};
use crate::domain::civil::Instant;
use crate::domain::words::{Lead, MeetupState};
use crate::store::groups::Group;
use crate::store::meetups::Meetup;
use crate::store::{StoreError, Tx};

/// Note of a nudge that tells of a new rhythm: all meetups changed, not one.
pub(in crate::core) const WHOLE_RHYTHM: &str = "rhythm";

/// One meetup, as it stands. `stamp` is when the reason for the file arose: a second try makes the same file.
pub(in crate::core) fn one(facts: &Facts, content: &Content, stamp: Instant) -> Block {
    let alt = match facts.meetup.state {
        MeetupState::Cancelled => "takes this meetup out of your calendar",
        _ => "this meetup for your calendar",
    };
    block(&facts.group, &[entry(&facts.meetup, &facts.group, content, stamp)], alt.to_owned())
}

/// All meetups of a group that lie ahead; with `changed` also those that were called off, so that a calendar which
/// had them loses them.
pub(in crate::core) async fn all(
    tx: &mut Tx,
    content: &Content,
    group: &Group,
    changed: bool,
    (stamp, now): (Instant, Instant),
) -> Result<Option<Block>, StoreError> {
    let meetups = tx.list_meetups_of(&group.id).await?;
    let ahead = meetups.iter().filter(|m| m.starts_at > now);
    let entries: Vec<Entry> = ahead
        .filter(|m| m.state == MeetupState::Planned || (changed && m.state == MeetupState::Cancelled))
        .map(|m| entry(m, group, content, stamp))
        .collect();
    let planned = entries.iter().filter(|entry| !entry.cancelled).count();
    if planned == 0 {
        return Ok(None);
    }
    let alt = format!("{} for your calendar", super::count(planned, "meetup", "meetups"));
    Ok(Some(block(group, &entries, alt)))
}

fn entry(meetup: &Meetup, group: &Group, content: &Content, stamp: Instant) -> Entry {
    let kind = if meetup.closing == 1 { "closing meetup" } else { "meetup" };
    let theme = content.library.meetup(&meetup.theme).map_or(meetup.theme.as_str(), |theme| &theme.title);
    let lead = match meetup.lead {
        Lead::Mentor => "",
        Lead::Rotating => " Led by one of you in turn.",
        Lead::Shared => " Led by everybody together.",
    };
    Entry {
        uid: format!("{}@roundtable", meetup.id),
        sequence: meetup.sequence,
        stamp,
        starts: meetup.starts_at,
        ends: meetup.ends_at(),
        summary: format!("{}, {kind} {}", group.name, meetup.number),
        description: format!("Theme: {theme}.{lead}"),
        place: meetup.place.trim().to_owned(),
        cancelled: meetup.state == MeetupState::Cancelled,
    }
}

fn block(group: &Group, entries: &[Entry], alt: String) -> Block {
    Block::File {
        name: format!("group-{}.ics", group.number),
        media_type: "text/calendar".to_owned(),
        alt,
        base64: base64::engine::general_purpose::STANDARD.encode(file(entries)),
    }
}
