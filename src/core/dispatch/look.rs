//! Looking again before anything is sent: does the reason still hold, may it go to this person now, and what are the
//! words today. The state may have changed a hundred times since the nudge was planned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::guard::Guarded;
use crate::chat::{Meeting, Message, Place, RoomRequest};
use crate::core::Core;
use crate::core::views;
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, MeetupId, PersonId, ProgramId, WorkspaceId};
use crate::domain::nudges::{WORKSPACE_GONE, is_muted};
use crate::domain::words::{
    GroupState, InvitationState, MeetupState, NudgeKind, ProgramState, Role, WaveState,
};
use crate::store::nudges::{Nudge, Sent};
use crate::store::people::{Person, Reach};
use crate::store::programs::Program;
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

/// What looking again came to.
pub(super) enum Look {
    /// Call the platform.
    Send(Box<Out>),
    /// Not now.
    Hold { until: Instant, why: String },
    /// Not at all.
    Skip(String),
    /// The core did it itself.
    Done,
}

/// A platform call to make.
pub(super) struct Out {
    pub(super) platform: String,
    pub(super) workspace: String,
    pub(super) place: Place,
    pub(super) what: What,
    pub(super) open_until: Option<Instant>,
    pub(super) effect: Effect,
}

/// The call itself.
pub(super) enum What {
    Post(Message),
    Edit {
        remote_id: String,
        message: Message,
    },
    Open(RoomRequest),
    Members {
        room: String,
        members: Vec<String>,
    },
    Card {
        room: String,
        card: Option<String>,
        topic: String,
        message: Message,
        meeting: Option<Meeting>,
    },
    /// The group has ended: nothing is shown of its meetups any more.
    NoMeeting {
        room: String,
    },
}

/// What follows once it is known to have happened.
pub(super) enum Effect {
    None,
    RoomOpened,
    MembersSet,
    CardShown,
    Heard { group: GroupId, starter: String, meetup: MeetupId },
}

impl Out {
    /// The place in the form that the intent keeps.
    pub(super) fn place_text(&self) -> String {
        written(&self.platform, &self.workspace, &self.place)
    }

    /// A call that turned out to have happened; only its consequences are left.
    pub(super) const fn found(open_until: Option<Instant>, effect: Effect) -> Self {
        Self {
            platform: String::new(),
            workspace: String::new(),
            place: Place::Room(String::new()),
            what: What::Post(Message::new()),
            open_until,
            effect,
        }
    }
}

/// A place in the form that the intent keeps.
pub(super) fn written(platform: &str, workspace: &str, place: &Place) -> String {
    let (kind, name) = match place {
        Place::Room(room) => ('r', room),
        Place::Direct(account) => ('d', account),
    };
    format!("{platform}|{workspace}|{kind}|{name}")
}

/// What a person got lately.
#[derive(Debug, Clone, Copy)]
pub(super) struct Received {
    /// Messages of 24 hours.
    pub(super) day: i64,
    /// Of 7 days.
    pub(super) week: i64,
    /// Of 30 days.
    pub(super) month: i64,
    /// Until when a request about something else is open.
    pub(super) open_until: Option<Instant>,
}

type Recipients = BTreeMap<PersonId, Arc<(Person, Reach)>>;

/// What was read for one batch, so that a group of eight costs one look at its program and not eight.
#[derive(Default)]
pub(super) struct View {
    programs: BTreeMap<ProgramId, Arc<Program>>,
    workspaces: BTreeMap<WorkspaceId, Workspace>,
    meetups: BTreeMap<MeetupId, views::Facts>,
    /// Who is to be written to, and where, by the program that writes.
    recipients: BTreeMap<Option<ProgramId>, Recipients>,
    /// What was sent to them before this batch.
    sent: BTreeMap<PersonId, Sent>,
    /// How much this batch sends to a person, and until when a request of it is open.
    batch: BTreeMap<PersonId, (i64, Option<Instant>)>,
}

impl View {
    /// Reads at once what most of these will need.
    pub(super) async fn of(tx: &mut Tx, nudges: &[Nudge], now: Instant) -> Result<Self, StoreError> {
        let mut wanted: BTreeMap<Option<ProgramId>, BTreeSet<&PersonId>> = BTreeMap::new();
        for nudge in nudges.iter().filter(|nudge| nudge.room_id.is_none() && !nudge.kind.is_internal()) {
            if let Some(person) = &nudge.person_id {
                wanted.entry(nudge.program_id.clone()).or_default().insert(person);
            }
        }
        let mut view = Self::default();
        let everybody: BTreeSet<&PersonId> = wanted.values().flatten().copied().collect();
        if everybody.is_empty() {
            return Ok(view);
        }
        view.sent = tx.list_sent(&everybody.into_iter().collect::<Vec<_>>(), now).await?;
        for (program, people) in wanted {
            let people: Vec<&PersonId> = people.into_iter().collect();
            let found = tx.list_recipients(&people, program.as_ref()).await?;
            let found =
                found.into_iter().map(|(person, reach)| (person.id.clone(), Arc::new((person, reach))));
            view.recipients.insert(program, found.collect());
        }
        Ok(view)
    }

    /// What is about to be sent counts at once, so that one batch cannot exceed a limit.
    pub(super) fn count_sent(&mut self, nudge: &Nudge, open_until: Option<Instant>) {
        if let Some(person) = &nudge.person_id {
            let mine = self.batch.entry(person.clone()).or_default();
            mine.0 += 1;
            mine.1 = mine.1.max(open_until);
        }
    }

    /// Who a nudge is for and where to reach them.
    fn recipient(&self, nudge: &Nudge) -> Option<Arc<(Person, Reach)>> {
        self.recipients.get(&nudge.program_id)?.get(nudge.person_id.as_ref()?).cloned()
    }

    /// What a person got lately, this batch included; `subject` is what the next message is about.
    pub(super) fn received(&self, person: &PersonId, subject: &str) -> Received {
        let none = Sent::default();
        let sent = self.sent.get(person).unwrap_or(&none);
        let (more, open) = self.batch.get(person).copied().unwrap_or_default();
        let others = sent.open.iter().filter(|(about, _)| about != subject).map(|(_, until)| *until);
        Received {
            day: sent.day + more,
            week: sent.week + more,
            month: sent.month + more,
            open_until: others.max().max(open),
        }
    }

    pub(super) async fn workspace(
        &mut self,
        tx: &mut Tx,
        id: &WorkspaceId,
    ) -> Result<&Workspace, StoreError> {
        if !self.workspaces.contains_key(id) {
            self.workspaces.insert(id.clone(), tx.get_workspace(id).await?);
        }
        Ok(&self.workspaces[id])
    }

    async fn program(&mut self, tx: &mut Tx, id: &ProgramId) -> Result<Arc<Program>, StoreError> {
        if !self.programs.contains_key(id) {
            self.programs.insert(id.clone(), Arc::new(tx.get_program(id).await?));
        }
        Ok(self.programs[id].clone())
    }

    pub(super) async fn meetup(&mut self, tx: &mut Tx, id: &MeetupId) -> Result<&views::Facts, StoreError> {
        if !self.meetups.contains_key(id) {
            self.meetups.insert(id.clone(), views::Facts::read(tx, id).await?);
        }
        Ok(&self.meetups[id])
    }
}

const PAUSE_CHECK_HOURS: i64 = 6;
const REACH_CHECK_HOURS: i64 = 6;

impl Core {
    /// Decides about one claimed nudge.
    pub(super) async fn look(
        &self,
        tx: &mut Tx,
        view: &mut View,
        nudge: &Nudge,
        now: Instant,
    ) -> Result<Look, StoreError> {
        if now > nudge.not_after && !nudge.kind.is_internal() {
            return Ok(Look::Skip("too late to be of use".to_owned()));
        }
        let program = match &nudge.program_id {
            Some(id) => Some(view.program(tx, id).await?),
            None => None,
        };
        match program.as_ref().map(|p| p.state) {
            Some(ProgramState::Paused) => {
                let until = now.plus_hours(PAUSE_CHECK_HOURS);
                return Ok(Look::Hold { until, why: "the programme is paused".to_owned() });
            }
            Some(ProgramState::Closed)
                if !matches!(nudge.kind, NudgeKind::PulseResults | NudgeKind::RoomCard) =>
            {
                return Ok(Look::Skip("the programme is closed".to_owned()));
            }
            _ => {}
        }
        if nudge.kind.is_internal() {
            return self.act(tx, nudge, program.as_deref(), now).await;
        }
        if let Some(room) = &nudge.room_id {
            let room = tx.get_room(room).await?;
            return self.look_room(tx, view, nudge, &room, now).await;
        }
        let Some(person) = &nudge.person_id else {
            return Ok(Look::Skip("it is owed to nobody".to_owned()));
        };
        let Some(recipient) = view.recipient(nudge) else {
            if tx.has_account_out_of_reach(person).await? {
                return Ok(held_for(nudge, WORKSPACE_GONE, now));
            }
            return Ok(Look::Skip("the person has gone".to_owned()));
        };
        self.look_person(tx, view, nudge, program.as_deref(), &recipient, now).await
    }

    async fn look_person(
        &self,
        tx: &mut Tx,
        view: &mut View,
        nudge: &Nudge,
        program: Option<&Program>,
        recipient: &(Person, Reach),
        now: Instant,
    ) -> Result<Look, StoreError> {
        let (person, reach) = recipient;
        if is_muted(&person.muted, nudge.kind) {
            return Ok(Look::Skip("the person stopped messages of this kind".to_owned()));
        }
        let words = match self.words_for(tx, view, nudge, program, person, now).await? {
            Ok(words) => words,
            Err(look) => return Ok(look),
        };
        match Self::guard(view, nudge, program, person, now) {
            Guarded::Free => {}
            Guarded::Hold { until, why } => return Ok(Look::Hold { until, why }),
            Guarded::Drop(why) => return Ok(Look::Skip(why)),
        }
        let (open_until, effect) = self.consequences(tx, nudge).await?;
        Ok(Look::Send(Box::new(Out {
            platform: reach.platform.clone(),
            workspace: reach.workspace.clone(),
            place: Place::Direct(reach.account.clone()),
            what: What::Post(words),
            open_until,
            effect,
        })))
    }

    /// Today's words for a person, or why there are none.
    async fn words_for(
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
        let wave = tx.get_wave(&crate::domain::ids::WaveId::new(nudge.subject.clone())).await?;
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
                let wave = tx.get_wave(&crate::domain::ids::WaveId::new(nudge.subject.clone())).await?;
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

/// What is for a place out of reach waits, looked at again now and then, until it would come too late.
pub(super) fn held_for(nudge: &Nudge, why: &str, now: Instant) -> Look {
    let until = now.plus_hours(REACH_CHECK_HOURS).min(nudge.not_after).max(now.plus_secs(1));
    Look::Hold { until, why: why.to_owned() }
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
