//! Looking again before anything is sent: does the reason still hold, may it go to this person now, and what are the
//! words today. The state may have changed a hundred times since the nudge was planned.

use super::guard::Guarded;
use super::view::View;
use crate::chat::{Meeting, Message, Place, RoomRequest};
use crate::core::Core;
use crate::domain::civil::Instant;
use crate::domain::ids::{GroupId, MeetupId};
use crate::domain::nudges::{WORKSPACE_GONE, is_muted};
use crate::domain::words::{NudgeKind, ProgramState};
use crate::store::nudges::Nudge;
use crate::store::people::{Person, Reach};
use crate::store::programs::Program;
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
}

/// What is for a place out of reach waits, looked at again now and then, until it would come too late.
pub(super) fn held_for(nudge: &Nudge, why: &str, now: Instant) -> Look {
    let until = now.plus_hours(REACH_CHECK_HOURS).min(nudge.not_after).max(now.plus_secs(1));
    Look::Hold { until, why: why.to_owned() }
}
