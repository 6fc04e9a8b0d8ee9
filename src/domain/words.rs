//! The closed lists of the domain: roles, states and answers. Each has one spelling, used in commands, in the
//! database and in exports.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Text that is not in a closed list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{given}\" is none of {allowed}")]
pub struct NotListed {
    /// What was given.
    pub given: String,
    /// What would be right, comma-separated.
    pub allowed: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every entry, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The one spelling.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = NotListed;
            fn from_str(text: &str) -> Result<Self, NotListed> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    other => Err(NotListed {
                        given: other.to_owned(),
                        allowed: [$($text),+].join(", "),
                    }),
                }
            }
        }
    };
}

words!(
    /// What a person is in a program. One person may hold several at once.
    Role {
        /// Learns in a group.
        Participant = "participant",
        /// Leads a group by experience.
        Mentor = "mentor",
        /// Leads by questions; holds a checked credential.
        Coach = "coach",
        /// Keeps a group's talk going.
        Facilitator = "facilitator",
        /// Runs the program.
        Staff = "staff",
        /// Pays for it and stands for it.
        Sponsor = "sponsor",
        /// Leads a department that the program touches.
        PeerLeader = "peer-leader",
        /// Gives a view from outside.
        Adviser = "adviser",
    }
);

words!(
    /// Where a program stands.
    ProgramState {
        /// Being set up; nobody can join.
        Draft = "draft",
        /// People join, groups meet.
        Open = "open",
        /// Nothing is sent until it is resumed.
        Paused = "paused",
        /// Over.
        Closed = "closed",
    }
);

words!(
    /// Where a group stands.
    GroupState {
        /// Meets.
        Open = "open",
        /// Over.
        Closed = "closed",
    }
);

words!(
    /// Where a meetup stands.
    MeetupState {
        /// Will take place.
        Planned = "planned",
        /// Took place.
        Held = "held",
        /// Did not take place though it was planned.
        Missed = "missed",
        /// Called off before it began.
        Cancelled = "cancelled",
    }
);

words!(
    /// Who leads a group's meetups.
    Lead {
        /// The mentor.
        Mentor = "mentor",
        /// The participants in turn.
        Rotating = "rotating",
        /// Everybody; no host is named.
        Shared = "shared",
    }
);

words!(
    /// An answer to "will you come?".
    Rsvp {
        /// Will come.
        Yes = "yes",
        /// Might come.
        Maybe = "maybe",
        /// Will not come.
        No = "no",
    }
);

words!(
    /// What helps a person most (row D8 routes by it).
    Need {
        /// Someone who has held the role and shares how.
        Mentor = "mentor",
        /// Someone trained who asks and does not tell.
        Coach = "coach",
        /// People at the same stage.
        Peers = "peers",
    }
);

words!(
    /// What a person is looking for: the first question (rows D7, D8).
    Seek {
        /// Close guidance in the role they hold now.
        Guidance = "guidance",
        /// A view of the next role from somebody who has held it.
        NextStep = "next-step",
        /// To perform better at a new challenge.
        Performance = "performance",
        /// Others who are where they are.
        Peers = "peers",
    }
);

impl Seek {
    /// Who helps best with it. Guidance comes from those who have held the job; performance is drawn out by those
    /// who are trained to ask.
    pub const fn need(self) -> Need {
        match self {
            Self::Guidance | Self::NextStep => Need::Mentor,
            Self::Performance => Need::Coach,
            Self::Peers => Need::Peers,
        }
    }
}

words!(
    /// The unit in which the people of a group must differ.
    Difference {
        /// No two from one organisation.
        Organisation = "organisation",
        /// No two from one business unit or department.
        Unit = "unit",
    }
);

words!(
    /// Where a starter offer stands.
    OfferState {
        /// Waits for the mentor.
        Open = "open",
        /// A starter of the library was chosen.
        Picked = "picked",
        /// The mentor brings an own question.
        Own = "own",
        /// No starter this time.
        Skipped = "skipped",
    }
);

words!(
    /// Where a pulse wave stands.
    WaveState {
        /// Has a date.
        Planned = "planned",
        /// Takes answers.
        Open = "open",
        /// Over; its tables are fixed.
        Closed = "closed",
    }
);

words!(
    /// Where an invitation to a pulse stands.
    InvitationState {
        /// Has not answered.
        Invited = "invited",
        /// Has answered.
        Answered = "answered",
        /// Said "not this time".
        Declined = "declined",
    }
);

words!(
    /// Whether an account or workspace can be spoken to.
    Presence {
        /// Is there.
        Active = "active",
        /// Has gone; nothing is sent.
        Gone = "gone",
    }
);

words!(
    /// Where a nudge stands.
    NudgeState {
        /// Waits for its time.
        Ready = "ready",
        /// Claimed by a dispatcher.
        Leased = "leased",
        /// The platform is being called.
        Sending = "sending",
        /// The call's outcome is unknown.
        InDoubt = "in_doubt",
        /// Happened.
        Done = "done",
        /// Was not sent, for the reason given.
        Skipped = "skipped",
        /// The platform refuses it; staff can see it.
        Dead = "dead",
    }
);

words!(
    /// Where a plan of groups stands.
    PlanState {
        /// Being looked at.
        Draft = "draft",
        /// Became groups.
        Published = "published",
        /// Replaced by a newer one.
        Dropped = "dropped",
    }
);

words!(
    /// What a plan of groups is for.
    PlanPurpose {
        /// New groups of those who have none.
        Form = "form",
        /// Groups that exist, changed as little as can be.
        Repair = "repair",
    }
);

words!(
    /// What binds two sides, as staff keep it.
    TieKind {
        /// They never share a group.
        Apart = "apart",
        /// They share a group or have none.
        Together = "together",
        /// They never share a group, because their interests conflict.
        Conflict = "conflict",
    }
);

words!(
    /// What a member wishes about another person.
    WishKind {
        /// To be in a group with them.
        With = "with",
        /// Rather not to be in a group with them.
        Not = "not",
    }
);

words!(
    /// Where something stands that staff look at: a credential, an application.
    ReviewState {
        /// Nobody has decided.
        Waiting = "waiting",
        /// Found good.
        Approved = "approved",
        /// Not found good, for the reason given.
        Declined = "declined",
    }
);

words!(
    /// What a nudge is about.
    NudgeKind {
        /// Open a private room for a group.
        RoomOpen = "room.open",
        /// Make the members of a room those of the group.
        RoomMembers = "room.members",
        /// Bring the standing card at the top of a group's room up to date.
        RoomCard = "room.card",
        /// Welcome a group in its room: guidelines and first starters.
        GroupWelcome = "group.welcome",
        /// Tell a person their group and why.
        GroupMatch = "group.match",
        /// Announce a meetup in the room, with answer buttons.
        MeetupCard = "meetup.card",
        /// Bring the card in the room up to date.
        MeetupUpdate = "meetup.update",
        /// Ask a member what they need this time.
        MeetupNeed = "meetup.need",
        /// Remind a member of a meetup.
        MeetupReminder = "meetup.reminder",
        /// Tell the room that the meetup begins.
        MeetupSoon = "meetup.soon",
        /// Ask in the room whether the meetup took place.
        MeetupAfter = "meetup.after",
        /// Tell the mentor that too few will come.
        MeetupQuorum = "meetup.quorum",
        /// Tell a member at once that a meetup moved.
        MeetupMoved = "meetup.moved",
        /// Tell a member at once that a meetup is off.
        MeetupCancelled = "meetup.cancelled",
        /// Offer the mentor three starters.
        StarterOffer = "starter.offer",
        /// Share the starter in the room.
        StarterShare = "starter.share",
        /// Warn staff of a coming pulse.
        PulseWarning = "pulse.warning",
        /// Open a pulse.
        PulseOpen = "pulse.open",
        /// Invite a person to a pulse.
        PulseInvite = "pulse.invite",
        /// Remind a person of a pulse.
        PulseReminder = "pulse.reminder",
        /// Close a pulse.
        PulseClose = "pulse.close",
        /// Give staff the tables.
        PulseResults = "pulse.results",
        /// Tell staff about something that needs them.
        StaffNotice = "staff.notice",
        /// Tell a person what became of something of theirs.
        PersonNotice = "person.notice",
    }
);

words!(
    /// What a person can stop.
    Topic {
        /// Reminders of meetups.
        Reminders = "reminders",
        /// Questions about needs.
        CheckIns = "check-ins",
        /// Starter offers.
        Starters = "starters",
        /// Pulses.
        Pulses = "pulses",
        /// Everything but a meetup that moved or is off.
        All = "all",
    }
);
