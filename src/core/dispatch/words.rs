//! The words of a nudge as they are today, or why there are none any more; and what follows once it is sent.

use super::look::{Effect, Look};
use super::view::View;
use crate::chat::Message;
use crate::core::Core;
use crate::core::views;
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, MeetupId, WaveId};
use crate::domain::words::{GroupState, InvitationState, MeetupState, NudgeKind, Role, WaveState};
use crate::store::nudges::Nudge;
use crate::store::people::Person;
use crate::store::programs::Program;
use crate::store::{StoreError, Tx};

impl Core {
    /// Today's words for a person, or why there are none.
    pub(super) async fn words_for(
        &self,
        tx: &mut Tx,
        view: &mut View,
        nudge: &Nudge,
        program: Option<&Program>,
        person: &Person,
        now: Instant,
    ) -> Result<Result<Message, Look>, StoreError> {
        let skip = |why: &str| Ok(Err(Look::Skip(why.to_owned())));
        let Some(program) = program else { return skip("it belongs to no programme") };
        match nudge.kind {
            NudgeKind::GroupMatch => {
                let group = tx.get_group(&GroupId::new(nudge.subject.clone())).await?;
                if group.state != GroupState::Open {
                    return skip("the group has ended");
                }
                if !tx.list_members(&group.id).await?.iter().any(|m| m.person_id == person.id) {
                    return skip("the person has left the group");
                }
                let mut message =
                    views::groups::matched(tx, program, &group, person, &nudge.note, now).await?;
                message.blocks.extend(
                    views::calendar::all(tx, self.content(), &group, false, (nudge.created_at, now)).await?,
                );
                Ok(Ok(message))
            }
            NudgeKind::PulseWarning
            | NudgeKind::PulseInvite
            | NudgeKind::PulseReminder
            | NudgeKind::PulseResults => self.pulse_words(tx, nudge, program, person).await,
            NudgeKind::StaffNotice => Ok(Ok(views::staff::notice(program, &nudge.note))),
            NudgeKind::PersonNotice => Ok(Ok(views::staff::news(program, &nudge.note))),
            _ => self.meetup_words(tx, view, nudge, person, now).await,
        }
    }

    async fn pulse_words(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
        program: &Program,
        person: &Person,
    ) -> Result<Result<Message, Look>, StoreError> {
        let skip = |why: &str| Ok(Err(Look::Skip(why.to_owned())));
        let wave = tx.get_wave(&WaveId::new(nudge.subject.clone())).await?;
        match nudge.kind {
            NudgeKind::PulseWarning if wave.state == WaveState::Planned => {
                Ok(Ok(views::pulses::warning(program, &wave, &nudge.note)))
            }
            NudgeKind::PulseWarning => skip("the pulse has begun already"),
            NudgeKind::PulseResults => Ok(Ok(views::pulses::results_ready(program, &wave))),
            _ if wave.state != WaveState::Open => skip("the pulse is not open"),
            kind => match tx.find_invitation(&wave.id, &person.id).await? {
                Some((_, InvitationState::Invited)) => {
                    Ok(Ok(views::pulses::invite(program, &wave, kind == NudgeKind::PulseReminder)))
                }
                Some((_, InvitationState::Answered)) => skip("the person has answered"),
                _ => skip("the person said not this time"),
            },
        }
    }

    async fn meetup_words(
        &self,
        tx: &mut Tx,
        view: &mut View,
        nudge: &Nudge,
        person: &Person,
        now: Instant,
    ) -> Result<Result<Message, Look>, StoreError> {
        let facts = view.meetup(tx, &MeetupId::new(nudge.subject.clone())).await?;
        let Some(role) = facts.role_of(&person.id) else {
            return Ok(Err(Look::Skip("the person has left the group".to_owned())));
        };
        if nudge.kind == NudgeKind::MeetupCancelled {
            let mut message = views::meetups::cancelled(facts, &nudge.note);
            message.blocks.push(views::calendar::one(facts, self.content(), nudge.created_at));
            return Ok(Ok(message));
        }
        if let Some(why) = stale_meetup(facts, nudge) {
            return Ok(Err(Look::Skip(why)));
        }
        match nudge.kind {
            NudgeKind::MeetupMoved => {
                let mut message = views::meetups::moved(facts);
                let file = if nudge.note == views::calendar::WHOLE_RHYTHM {
                    let group = facts.group.clone();
                    views::calendar::all(tx, self.content(), &group, true, (nudge.created_at, now)).await?
                } else {
                    Some(views::calendar::one(facts, self.content(), nudge.created_at))
                };
                message.blocks.extend(file);
                Ok(Ok(message))
            }
            NudgeKind::MeetupNeed => Ok(Ok(views::meetups::need(facts, self.content()))),
            NudgeKind::MeetupReminder => {
                if facts.answer_of(&person.id) == Some(crate::domain::words::Rsvp::No) {
                    return Ok(Err(Look::Skip("the person will not come".to_owned())));
                }
                let tip =
                    (role == Role::Mentor).then(|| views::starters::tip(self.content(), facts)).flatten();
                Ok(Ok(views::meetups::reminder(facts, self.content(), &person.id, tip)))
            }
            NudgeKind::MeetupQuorum => match facts.quorum() {
                quorum if quorum.can_be_met() => {
                    Ok(Err(Look::Skip("enough members can still come".to_owned())))
                }
                quorum => Ok(Ok(views::meetups::quorum_missed(facts, quorum))),
            },
            NudgeKind::StarterOffer => {
                let facts = facts.clone();
                match self.offered_starters(tx, &facts, now).await? {
                    Some(message) => Ok(Ok(message)),
                    None => Ok(Err(Look::Skip("the starter was chosen already".to_owned()))),
                }
            }
            _ => Ok(Err(Look::Skip("this kind is not sent to people".to_owned()))),
        }
    }

    /// What follows from a message, known from the nudge alone.
    pub(super) async fn consequences(
        &self,
        tx: &mut Tx,
        nudge: &Nudge,
    ) -> Result<(Option<Instant>, Effect), StoreError> {
        match nudge.kind {
            NudgeKind::PulseInvite => {
                let wave = tx.get_wave(&WaveId::new(nudge.subject.clone())).await?;
                Ok((Some(wave.closes_at), Effect::None))
            }
            NudgeKind::MeetupNeed => {
                let meetup = tx.get_meetup(&MeetupId::new(nudge.subject.clone())).await?;
                Ok((Some(meetup.starts_at.minus_hours(26)), Effect::None))
            }
            NudgeKind::StarterShare => {
                let meetup = MeetupId::new(nudge.subject.clone());
                let picked =
                    tx.find_offer(&meetup).await?.and_then(|offer| Some((offer.group_id, offer.picked?)));
                Ok((
                    None,
                    match picked {
                        Some((group, starter)) => Effect::Heard { group, starter, meetup },
                        None => Effect::None,
                    },
                ))
            }
            NudgeKind::RoomOpen => Ok((None, Effect::RoomOpened)),
            NudgeKind::RoomCard => Ok((None, Effect::CardShown)),
            _ => Ok((None, Effect::None)),
        }
    }
}

/// Why a nudge about a meetup no longer holds.
pub(super) fn stale_meetup(facts: &views::Facts, nudge: &Nudge) -> Option<String> {
    let meetup = &facts.meetup;
    if meetup.state == MeetupState::Cancelled && nudge.kind != NudgeKind::MeetupUpdate {
        return Some("the meetup is off".to_owned());
    }
    if facts.group.state != GroupState::Open {
        return Some("the group has ended".to_owned());
    }
    let settled = matches!(meetup.state, MeetupState::Held | MeetupState::Missed);
    if settled && nudge.kind != NudgeKind::MeetupUpdate {
        return Some("the meetup is over".to_owned());
    }
    let same = nudge.slot.starts_with(&meetup.slot.to_string());
    (!same && nudge.kind != NudgeKind::MeetupUpdate).then(|| "the meetup moved".to_owned())
}
