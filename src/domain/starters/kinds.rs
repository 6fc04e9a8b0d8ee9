//! The closed sets that starters are sorted by. Invariant: `from_key(x.key()) == Some(x)` for each.

/// Writes an enum with a stable key (for files and the database) and a title (for people).
macro_rules! keyed {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal, $title:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Every value, in the order of the list above.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word used in files and in the database.
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)+ }
            }

            /// The words people see.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// The value with this key; none for an unknown word.
            pub fn from_key(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.key() == key)
            }
        }
    };
}

keyed! {
    /// Where in the life of a group a question belongs; ordered from first to last.
    Phase {
        /// First meeting.
        Acquaint = "acquaint", "Getting acquainted";
        /// Second and third meeting.
        Trust = "trust", "Building trust";
        /// Choosing and reviewing goals.
        Goals = "goals", "Setting goals";
        /// Helping with somebody's problem.
        Challenges = "challenges", "Working on challenges";
        /// Unwritten rules and divided committees.
        Influence = "influence", "Politics and influence";
        /// People outside IT.
        Relationships = "relationships", "Business relationships";
        /// Past and next roles.
        Career = "career", "Career";
        /// Bringing people along.
        Change = "change", "Change management";
        /// The last meeting.
        Closing = "closing", "Closing";
    }
}

keyed! {
    /// How a session is led, and which kind of session a starter suits.
    Mode {
        /// An experienced leader shares stories and advice.
        Mentor = "mentor", "Mentor";
        /// A trained person asks and does not tell.
        Coach = "coach", "Coach";
        /// Members help each other.
        Peer = "peer", "Peer circle";
        /// A junior colleague helps an executive.
        Reverse = "reverse", "Reverse";
    }
}

keyed! {
    /// Whether a starter draws out the other person or invites a story (row D13).
    Stance {
        /// Draws out what the other person knows.
        Ask = "ask", "Ask";
        /// Invites a story or advice from the mentor.
        Tell = "tell", "Tell";
    }
}

keyed! {
    /// Who speaks in answer to a starter.
    AnsweredBy {
        /// Each person in turn, the mentor too.
        Everyone = "everyone", "Everyone";
        /// The mentor.
        Mentor = "mentor", "The mentor";
        /// The member in the hot seat.
        Member = "member", "The member in the hot seat";
        /// The executive of a reverse pair.
        Executive = "executive", "The executive";
    }
}

keyed! {
    /// What must exist before a starter makes sense.
    Need {
        /// At least one member has a goal.
        Goal = "goal", "a goal";
        /// At least one action was agreed.
        Action = "action", "an action";
        /// A member brought a challenge.
        Challenge = "challenge", "a challenge";
        /// The group has met before.
        History = "history", "earlier meetups";
    }
}

impl Phase {
    /// The phases just before and after this one.
    pub fn neighbours(self) -> impl Iterator<Item = Self> {
        let at = Self::ALL.iter().position(|phase| *phase == self).unwrap_or(0);
        let before = at.checked_sub(1).and_then(|i| Self::ALL.get(i));
        before.into_iter().chain(Self::ALL.get(at + 1)).copied()
    }

    /// The share of the programme, 0 to 1, in which this phase is open to every slot.
    pub fn window(self) -> (f64, f64) {
        match self {
            Self::Acquaint => (0.0, 0.10),
            Self::Trust => (0.08, 0.22),
            Self::Goals => (0.15, 0.32),
            Self::Challenges => (0.24, 0.88),
            Self::Influence => (0.30, 0.80),
            Self::Relationships => (0.34, 0.82),
            Self::Change => (0.40, 0.88),
            Self::Career => (0.48, 0.92),
            Self::Closing => (0.90, 1.0),
        }
    }

    /// True when `progress` (0 to 1) lies inside the window, ends included.
    pub fn is_open_at(self, progress: f64) -> bool {
        let (from, to) = self.window();
        (from..=to).contains(&progress)
    }
}

impl Stance {
    /// The ask-or-tell hint that goes with a starter (row D13).
    pub fn hint(self) -> &'static str {
        match self {
            Self::Ask => {
                "Ask, then wait. Coaches ask and do not tell; mentors may share after the others have spoken."
            }
            Self::Tell => {
                "Tell: share what you did and what came of it. Mentors may share; coaches ask and do not tell."
            }
        }
    }
}

/// How personal a starter is: 1 light, 2 an opinion or a mistake, 3 vulnerable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Depth(u8);

impl Depth {
    /// Level 1: light.
    pub const LIGHT: Self = Self(1);
    /// Level 2: personal.
    pub const PERSONAL: Self = Self(2);
    /// Level 3: vulnerable.
    pub const VULNERABLE: Self = Self(3);

    /// A depth from its level; none unless 1, 2 or 3.
    pub fn new(level: u8) -> Option<Self> {
        (1..=3).contains(&level).then_some(Self(level))
    }

    /// The level, 1 to 3.
    pub fn level(self) -> u8 {
        self.0
    }

    /// The words people see.
    pub fn title(self) -> &'static str {
        match self.0 {
            1 => "light",
            2 => "personal",
            _ => "vulnerable",
        }
    }
}
