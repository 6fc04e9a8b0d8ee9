//! The command table. Parser, help, autocompletion, access, forms, the platforms' registrations and the reference
//! in the docs are all derived from it; no command exists outside it.

use super::access::Who;
use crate::domain::applications;
use crate::domain::credentials::MOST_HOURS;

/// What is typed before every command.
pub const ROOT: &str = "/mentor";

/// A command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cmd {
    /// `help`
    Help,
    /// `home`
    Home,
    /// `about`
    About,
    /// `glossary`
    Glossary,
    /// `join`
    Join,
    /// `leave`
    Leave,
    /// `profile`
    Profile,
    /// `charter`
    Charter,
    /// `charter accept`
    CharterAccept,
    /// `wish with`
    WishWith,
    /// `wish not`
    WishNot,
    /// `wish for`
    WishFor,
    /// `wish list`
    WishList,
    /// `wish drop`
    WishDrop,
    /// `inbox`
    Inbox,
    /// `snooze`
    Snooze,
    /// `quiet`
    Quiet,
    /// `zone`
    Zone,
    /// `mute`
    Mute,
    /// `unmute`
    Unmute,
    /// `meetup next`
    MeetupNext,
    /// `meetup rsvp`
    MeetupRsvp,
    /// `meetup need`
    MeetupNeed,
    /// `meetup schedule`
    MeetupSchedule,
    /// `meetup move`
    MeetupMove,
    /// `meetup cancel`
    MeetupCancel,
    /// `meetup held`
    MeetupHeld,
    /// `starter show`
    StarterShow,
    /// `starter pick`
    StarterPick,
    /// `starter own`
    StarterOwn,
    /// `starter skip`
    StarterSkip,
    /// `starter never`
    StarterNever,
    /// `pulse preview`
    PulsePreview,
    /// `pulse answer`
    PulseAnswer,
    /// `pulse skip`
    PulseSkip,
    /// `pulse open`
    PulseOpen,
    /// `pulse close`
    PulseClose,
    /// `pulse results`
    PulseResults,
    /// `groups show`
    GroupsShow,
    /// `groups peers`
    GroupsPeers,
    /// `groups name`
    GroupsName,
    /// `groups preview`
    GroupsPreview,
    /// `groups proposal`
    GroupsProposal,
    /// `groups picture`
    GroupsPicture,
    /// `groups stop`
    GroupsStop,
    /// `groups lock`
    GroupsLock,
    /// `groups unlock`
    GroupsUnlock,
    /// `groups move`
    GroupsMove,
    /// `groups swap`
    GroupsSwap,
    /// `groups publish`
    GroupsPublish,
    /// `groups repair`
    GroupsRepair,
    /// `groups replay`
    GroupsReplay,
    /// `groups tie`
    GroupsTie,
    /// `groups ties`
    GroupsTies,
    /// `groups circles`
    GroupsCircles,
    /// `groups reopen`
    GroupsReopen,
    /// `groups invite`
    GroupsInvite,
    /// `program create`
    ProgramCreate,
    /// `program show`
    ProgramShow,
    /// `program settings`
    ProgramSettings,
    /// `program rules`
    ProgramRules,
    /// `program open`
    ProgramOpen,
    /// `program pause`
    ProgramPause,
    /// `program resume`
    ProgramResume,
    /// `program close`
    ProgramClose,
    /// `role grant`
    RoleGrant,
    /// `role revoke`
    RoleRevoke,
    /// `role apply`
    RoleApply,
    /// `role credential`
    RoleCredential,
    /// `role record`
    RoleRecord,
    /// `role waiting`
    RoleWaiting,
    /// `role approve`
    RoleApprove,
    /// `role decline`
    RoleDecline,
    /// `admin health`
    AdminHealth,
}

/// What an argument may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One word.
    Word,
    /// Words to the end of the line.
    Text,
    /// One of a list.
    Choice(&'static [&'static str]),
    /// A whole number.
    Number(i64, i64),
    /// A program's short name.
    Program,
    /// A group's number or name.
    Group,
    /// A person's name or handle.
    Person,
    /// A meetup's id.
    Meetup,
    /// A command path.
    Command,
    /// A word of the glossary.
    Term,
    /// A topic tag of the library.
    Theme,
    /// An IANA time zone.
    Zone,
    /// A day or a length of time.
    Until,
    /// A date and time.
    When,
    /// A civil date.
    Date,
    /// Comma-separated words.
    Tags,
}

impl Kind {
    /// The name shown to people and tools.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Word => "word",
            Self::Text => "text",
            Self::Choice(_) => "choice",
            Self::Number(..) => "number",
            Self::Program => "programme",
            Self::Group => "group",
            Self::Person => "person",
            Self::Meetup => "meetup",
            Self::Command => "command",
            Self::Term => "term",
            Self::Theme => "theme",
            Self::Zone => "zone",
            Self::Until => "until",
            Self::When => "when",
            Self::Date => "date",
            Self::Tags => "tags",
        }
    }
}

/// An argument. Typed in order, or as `name=value`.
#[derive(Debug, Clone, Copy)]
pub struct Arg {
    /// Name.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether the command needs it.
    pub required: bool,
    /// What it is for.
    pub help: &'static str,
}

/// A row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// Which command.
    pub cmd: Cmd,
    /// Its path, words separated by a space.
    pub path: &'static str,
    /// What it does, in at most 100 characters.
    pub summary: &'static str,
    /// Who may run it.
    pub who: Who,
    /// Whether it only reads, so that a redelivery may simply run it again.
    pub reads: bool,
    /// Its arguments.
    pub args: &'static [Arg],
}

const fn arg(name: &'static str, kind: Kind, help: &'static str) -> Arg {
    Arg { name, kind, required: false, help }
}

const fn need(name: &'static str, kind: Kind, help: &'static str) -> Arg {
    Arg { name, kind, required: true, help }
}

const PROGRAM: Arg = arg("program", Kind::Program, "short name of the programme");
const MEETUP: Arg = arg("meetup", Kind::Meetup, "the meetup; your next one if left out");
const REASON: Arg = arg("reason", Kind::Text, "why, for the log");
const ROLES: Kind = Kind::Choice(&[
    "participant",
    "mentor",
    "coach",
    "facilitator",
    "staff",
    "sponsor",
    "peer-leader",
    "adviser",
]);

const fn write(cmd: Cmd, path: &'static str, who: Who, summary: &'static str, args: &'static [Arg]) -> Spec {
    Spec { cmd, path, summary, who, reads: false, args }
}

const fn read(cmd: Cmd, path: &'static str, who: Who, summary: &'static str, args: &'static [Arg]) -> Spec {
    Spec { cmd, path, summary, who, reads: true, args }
}

/// Every command, in the order of help.
pub const TABLE: &[Spec] = &[
    read(
        Cmd::Help,
        "help",
        Who::Anyone,
        "Show what you can do here.",
        &[arg("command", Kind::Command, "a command to explain")],
    ),
    read(Cmd::Home, "home", Who::Anyone, "Show your groups, your next meetup and what waits for you.", &[]),
    read(Cmd::About, "about", Who::Anyone, "Show what this bot is and what it stores.", &[]),
    read(
        Cmd::Glossary,
        "glossary",
        Who::Anyone,
        "Explain a word, such as mentor or coach.",
        &[arg("term", Kind::Term, "the word")],
    ),
    write(
        Cmd::Join,
        "join",
        Who::Anyone,
        "Join a programme, after reading its charter.",
        &[
            PROGRAM,
            arg("role", Kind::Choice(&["participant", "mentor", "both"]), "as what; participant if left out"),
        ],
    ),
    write(
        Cmd::Leave,
        "leave",
        Who::Member,
        "Leave a programme and its groups.",
        &[PROGRAM, arg("confirm", Kind::Choice(&["yes"]), "yes, to leave at once")],
    ),
    write(
        Cmd::Profile,
        "profile",
        Who::Anyone,
        "Fill in who you are, what you need and what you can offer.",
        &[
            arg("name", Kind::Text, "your name"),
            arg("organisation", Kind::Text, "your employer"),
            arg("unit", Kind::Text, "your business unit or department"),
            arg("industry", Kind::Text, "your industry"),
            arg("new_to", Kind::Text, "the industry you are new to"),
            arg("level", Kind::Number(0, 7), "career level, 1 first post to 7 chief executive"),
            arg("years", Kind::Number(0, 60), "years as head of IT, in all"),
            arg("office", Kind::Choice(&["yes", "no"]), "whether you are head of IT at present"),
            arg("need", Kind::Choice(&["mentor", "coach", "peers"]), "what would help you most"),
            arg("interests", Kind::Tags, "topics you like to talk about"),
            arg("needs", Kind::Tags, "topics you want help with"),
            arg("offers", Kind::Tags, "topics you can help others with"),
            arg("languages", Kind::Tags, "languages you can talk in, such as en, de"),
            arg("zone", Kind::Zone, "your time zone"),
            arg("availability", Kind::Text, "weekly hours, such as mon-fri 9:00-17:00"),
            arg("capacity", Kind::Number(0, 5), "groups you can mentor at once"),
            arg("answer", Kind::Number(0, 336), "as a mentor: hours within which you promise to answer"),
            arg("manager", Kind::Person, "who appraises you"),
            arg("found", Kind::Choice(&["yes", "no"]), "whether peers may find you"),
        ],
    ),
    read(
        Cmd::Charter,
        "charter",
        Who::Anyone,
        "Read a programme's charter and what you accepted.",
        &[PROGRAM],
    ),
    write(
        Cmd::CharterAccept,
        "charter accept",
        Who::Anyone,
        "Accept the charter and join.",
        &[
            need("program", Kind::Program, "short name of the programme"),
            need("role", Kind::Choice(&["participant", "mentor", "both"]), "as what"),
            need("version", Kind::Word, "version of the charter you have read"),
        ],
    ),
    write(
        Cmd::WishWith,
        "wish with",
        Who::Member,
        "Say with whom you would like to be in a group.",
        &[need("person", Kind::Person, "with whom"), PROGRAM],
    ),
    write(
        Cmd::WishNot,
        "wish not",
        Who::Member,
        "Say with whom you would rather not be in a group; nobody else learns it.",
        &[need("person", Kind::Person, "with whom not"), PROGRAM],
    ),
    write(
        Cmd::WishFor,
        "wish for",
        Who::Anyone,
        "Say what you are looking for; it leads to a mentor, a coach or peers.",
        &[arg(
            "what",
            Kind::Choice(&["guidance", "next-step", "performance", "peers"]),
            "what you are looking for; asked if left out",
        )],
    ),
    read(Cmd::WishList, "wish list", Who::Member, "Show what you wished for.", &[PROGRAM]),
    write(
        Cmd::WishDrop,
        "wish drop",
        Who::Member,
        "Take a wish about a person back.",
        &[need("person", Kind::Person, "about whom"), PROGRAM],
    ),
    read(Cmd::Inbox, "inbox", Who::Anyone, "Show what waits for you.", &[]),
    write(
        Cmd::Snooze,
        "snooze",
        Who::Anyone,
        "Hold ordinary messages back for a while, no reason needed.",
        &[arg("until", Kind::Until, "such as 3 days, 1 week, 2027-01-03, or off")],
    ),
    write(
        Cmd::Quiet,
        "quiet",
        Who::Anyone,
        "Set hours in which nothing is sent to you.",
        &[arg("hours", Kind::Text, "such as 18:00-08:00, or off")],
    ),
    write(
        Cmd::Zone,
        "zone",
        Who::Anyone,
        "Show or set your time zone.",
        &[arg("zone", Kind::Zone, "such as Europe/Berlin")],
    ),
    write(
        Cmd::Mute,
        "mute",
        Who::Anyone,
        "Stop one kind of message, or all of them.",
        &[need(
            "topic",
            Kind::Choice(&["reminders", "check-ins", "starters", "pulses", "all"]),
            "what to stop",
        )],
    ),
    write(
        Cmd::Unmute,
        "unmute",
        Who::Anyone,
        "Start a kind of message again that you stopped.",
        &[arg(
            "topic",
            Kind::Choice(&["reminders", "check-ins", "starters", "pulses", "all"]),
            "what to start again",
        )],
    ),
    read(Cmd::MeetupNext, "meetup next", Who::InGroup, "Show your next meetups.", &[]),
    write(
        Cmd::MeetupRsvp,
        "meetup rsvp",
        Who::InGroup,
        "Say whether you will come.",
        &[need("answer", Kind::Choice(&["yes", "maybe", "no"]), "your answer"), MEETUP],
    ),
    write(
        Cmd::MeetupNeed,
        "meetup need",
        Who::InGroup,
        "Say what you need from the next meetup.",
        &[arg("theme", Kind::Theme, "the topic"), MEETUP],
    ),
    write(
        Cmd::MeetupSchedule,
        "meetup schedule",
        Who::LeadsGroup,
        "Set how often and when a group meets.",
        &[
            arg("group", Kind::Group, "number or name of the group"),
            arg("cadence", Kind::Text, "such as fortnightly on tuesday at 15:00"),
            arg("zone", Kind::Zone, "zone the time is read in"),
            arg("minutes", Kind::Number(15, 480), "length"),
            arg("lead", Kind::Choice(&["mentor", "rotating", "shared"]), "who leads"),
            arg(
                "mode",
                Kind::Choice(&["mentor", "coach", "peer"]),
                "how starters speak: stories, questions only, or peers",
            ),
            arg("place", Kind::Text, "room, address or call link"),
        ],
    ),
    write(
        Cmd::MeetupMove,
        "meetup move",
        Who::LeadsGroup,
        "Move a meetup; everybody is told at once.",
        &[
            arg("meetup", Kind::Meetup, "the meetup; the next one if left out"),
            arg("when", Kind::When, "new date and time, such as 2027-03-14 15:00"),
        ],
    ),
    write(
        Cmd::MeetupCancel,
        "meetup cancel",
        Who::LeadsGroup,
        "Call a meetup off; everybody is told at once.",
        &[arg("meetup", Kind::Meetup, "the meetup; the next one if left out"), REASON],
    ),
    write(
        Cmd::MeetupHeld,
        "meetup held",
        Who::LeadsGroup,
        "Say whether a meetup took place.",
        &[
            need("answer", Kind::Choice(&["yes", "no"]), "whether it took place"),
            arg("meetup", Kind::Meetup, "the meetup; the last one if left out"),
        ],
    ),
    read(
        Cmd::StarterShow,
        "starter show",
        Who::LeadsGroup,
        "Show the choices of starters for a meetup.",
        &[MEETUP],
    ),
    write(
        Cmd::StarterPick,
        "starter pick",
        Who::LeadsGroup,
        "Pick one of the three starters.",
        &[need("choice", Kind::Word, "1, 2 or 3, or the starter's id"), MEETUP],
    ),
    write(
        Cmd::StarterOwn,
        "starter own",
        Who::LeadsGroup,
        "Bring your own question.",
        &[
            arg("meetup", Kind::Meetup, "the meetup; your next one if left out"),
            arg("question", Kind::Text, "the question"),
        ],
    ),
    write(Cmd::StarterSkip, "starter skip", Who::LeadsGroup, "Use no starter this time.", &[MEETUP]),
    write(
        Cmd::StarterNever,
        "starter never",
        Who::LeadsGroup,
        "Never offer a starter to this group again.",
        &[need("starter", Kind::Word, "1, 2 or 3, or the starter's id"), MEETUP],
    ),
    read(
        Cmd::PulsePreview,
        "pulse preview",
        Who::Anyone,
        "See the questions of a pulse; nothing is kept.",
        &[arg("form", Kind::Choice(&["participant", "mentor"]), "which form")],
    ),
    write(
        Cmd::PulseAnswer,
        "pulse answer",
        Who::Anyone,
        "Answer the pulse that is open for you.",
        &[arg("wave", Kind::Word, "id of the wave")],
    ),
    write(
        Cmd::PulseSkip,
        "pulse skip",
        Who::Anyone,
        "Skip this pulse; no more reminders.",
        &[arg("wave", Kind::Word, "id of the wave")],
    ),
    write(
        Cmd::PulseOpen,
        "pulse open",
        Who::Staff,
        "Open the next pulse before its date.",
        &[PROGRAM, REASON],
    ),
    write(
        Cmd::PulseClose,
        "pulse close",
        Who::Staff,
        "Close the open pulse before its date.",
        &[PROGRAM, REASON],
    ),
    read(
        Cmd::PulseResults,
        "pulse results",
        Who::StaffOrSponsor,
        "Show the tables of a closed pulse.",
        &[PROGRAM, arg("number", Kind::Number(1, 99), "number of the pulse; the latest if left out")],
    ),
    read(Cmd::GroupsShow, "groups show", Who::Anyone, "Show your groups; staff see all of them.", &[PROGRAM]),
    read(
        Cmd::GroupsPeers,
        "groups peers",
        Who::Member,
        "Find peers at your stage or with your topics, among those who agreed.",
        &[arg("topic", Kind::Theme, "a topic; all of yours if left out"), PROGRAM],
    ),
    write(
        Cmd::GroupsName,
        "groups name",
        Who::LeadsGroup,
        "Give your group a name and a purpose of its own.",
        &[
            arg("group", Kind::Group, "number or name of the group"),
            arg("name", Kind::Text, "its name"),
            arg("purpose", Kind::Text, "what it has set out to do together"),
        ],
    ),
    // Solving takes seconds for a large program, so the writer is only taken to keep the proposal.
    read(
        Cmd::GroupsPreview,
        "groups preview",
        Who::Staff,
        "Propose groups; nobody is told yet.",
        &[
            PROGRAM,
            arg("seed", Kind::Number(0, i64::MAX), "a number that repeats a run"),
            arg("fresh", Kind::Choice(&["yes"]), "yes, to start over without locks"),
        ],
    ),
    read(
        Cmd::GroupsProposal,
        "groups proposal",
        Who::Staff,
        "Show the proposal there is, with the changes made since.",
        &[PROGRAM],
    ),
    read(
        Cmd::GroupsPicture,
        "groups picture",
        Who::Staff,
        "Show how good the proposal is as a picture.",
        &[PROGRAM],
    ),
    write(
        Cmd::GroupsStop,
        "groups stop",
        Who::Staff,
        "Stop a search for groups; the best so far become the proposal.",
        &[PROGRAM],
    ),
    write(
        Cmd::GroupsLock,
        "groups lock",
        Who::Staff,
        "Keep a person in the proposed group.",
        &[
            need("person", Kind::Person, "who"),
            arg("group", Kind::Number(1, 9_999), "number of the group; the present one if left out"),
            PROGRAM,
        ],
    ),
    write(
        Cmd::GroupsUnlock,
        "groups unlock",
        Who::Staff,
        "Let a person go who was kept in the proposed group.",
        &[need("person", Kind::Person, "who"), PROGRAM],
    ),
    write(
        Cmd::GroupsMove,
        "groups move",
        Who::Staff,
        "Move a person to another proposed group.",
        &[
            need("person", Kind::Person, "who"),
            need("group", Kind::Number(1, 9_999), "number of the group"),
            PROGRAM,
            arg("reason", Kind::Text, "why; needed to put two people of one unit together"),
        ],
    ),
    write(
        Cmd::GroupsSwap,
        "groups swap",
        Who::Staff,
        "Let two people of the proposal change places.",
        &[need("person", Kind::Person, "who"), need("with", Kind::Person, "with whom"), PROGRAM],
    ),
    write(
        Cmd::GroupsPublish,
        "groups publish",
        Who::Staff,
        "Make the proposed groups real and tell everybody.",
        &[PROGRAM, arg("confirm", Kind::Choice(&["yes"]), "yes, to publish")],
    ),
    // Like a preview, it takes the writer only to keep the proposal.
    read(
        Cmd::GroupsRepair,
        "groups repair",
        Who::Staff,
        "Propose the fewest changes that put the groups right; nobody is told yet.",
        &[PROGRAM],
    ),
    read(
        Cmd::GroupsReplay,
        "groups replay",
        Who::Staff,
        "Make the last published groups again from what was kept, and compare.",
        &[PROGRAM],
    ),
    write(
        Cmd::GroupsTie,
        "groups tie",
        Who::Staff,
        "Keep people apart or together, or organisations apart by a conflict; why stays with staff.",
        &[
            need(
                "how",
                Kind::Choice(&["apart", "together", "conflict", "none"]),
                "people: apart or together; organisations, too: conflict; none ends it",
            ),
            need("first", Kind::Word, "a person; with conflict also an organisation"),
            need("second", Kind::Word, "the other side"),
            PROGRAM,
            arg("why", Kind::Text, "why, for staff alone"),
        ],
    ),
    read(Cmd::GroupsTies, "groups ties", Who::Staff, "Show who is kept apart or together.", &[PROGRAM]),
    read(
        Cmd::GroupsCircles,
        "groups circles",
        Who::Staff,
        "Plan rounds of peer circles or pairs in which people meet new faces.",
        &[
            arg("size", Kind::Number(2, 12), "people in a circle; 2 makes pairs, 4 if left out"),
            arg("rounds", Kind::Number(1, 52), "how many rounds; 6 if left out"),
            PROGRAM,
            arg("seed", Kind::Number(0, i64::MAX), "a number that gives other rounds"),
            arg("round", Kind::Number(1, 52), "the first round to show; 1 if left out"),
        ],
    ),
    write(
        Cmd::GroupsReopen,
        "groups reopen",
        Who::Staff,
        "Open a new room for a group that lost its room.",
        &[need("group", Kind::Group, "number or name of the group"), PROGRAM],
    ),
    write(
        Cmd::GroupsInvite,
        "groups invite",
        Who::Staff,
        "Bring a member back into the group's room.",
        &[
            need("person", Kind::Person, "who"),
            need("group", Kind::Group, "number or name of the group"),
            PROGRAM,
        ],
    ),
    write(
        Cmd::ProgramCreate,
        "program create",
        Who::Admin,
        "Found a programme.",
        &[
            arg("name", Kind::Text, "its name"),
            arg("slug", Kind::Word, "short name for commands"),
            arg("goal", Kind::Text, "the business goal it serves"),
            arg("starts", Kind::Date, "first day"),
            arg("ends", Kind::Date, "last day"),
            arg("zone", Kind::Zone, "zone its dates are read in"),
            arg(
                "difference",
                Kind::Choice(&["organisation", "unit"]),
                "in what the people of a group differ",
            ),
            arg("cadence", Kind::Text, "how often groups meet"),
            arg("waves", Kind::Number(0, 12), "pulses in twelve months"),
        ],
    ),
    read(Cmd::ProgramShow, "program show", Who::Anyone, "Show a programme.", &[PROGRAM]),
    write(
        Cmd::ProgramSettings,
        "program settings",
        Who::Staff,
        "Change how a programme runs.",
        &[
            PROGRAM,
            arg("smallest", Kind::Number(1, 30), "fewest participants in a group"),
            arg("largest", Kind::Number(1, 30), "most participants in a group"),
            arg("mentors", Kind::Number(1, 5), "most mentors in a group"),
            arg("per_unit", Kind::Number(1, 30), "most people of one organisation or unit in a group"),
            arg("industry", Kind::Choice(&["same", "mixed", "ignore"]), "industries in a group"),
            arg("common_hours", Kind::Number(0, 40), "weekly hours that a group must share"),
            arg("cadence", Kind::Text, "how often groups meet"),
            arg("minutes", Kind::Number(0, 10_000), "length of a meetup"),
            arg("lead", Kind::Choice(&["mentor", "rotating", "shared"]), "who leads"),
            arg("place", Kind::Text, "room, address or call link"),
            arg("holidays", Kind::Tags, "holiday calendars to keep free"),
            arg("waves", Kind::Number(0, 12), "pulses in twelve months"),
            arg("ends", Kind::Date, "last day"),
            arg("per_day", Kind::Number(0, 20), "most messages to one person in a day"),
            arg("per_week", Kind::Number(0, 50), "most messages to one person in a week"),
            arg("per_month", Kind::Number(0, 200), "most messages to one person in a month"),
            arg(
                "events",
                Kind::Choice(&["show", "hide"]),
                "next meetups as public events, where there are any",
            ),
            arg(
                "new_mentors",
                Kind::Choice(&["join", "apply"]),
                "whether mentors join by themselves or apply to staff",
            ),
        ],
    ),
    write(
        Cmd::ProgramRules,
        "program rules",
        Who::Staff,
        "Change the finer rules for forming groups.",
        &[
            PROGRAM,
            arg("fewest_mentors", Kind::Number(1, 5), "fewest mentors in a group"),
            arg("slot", Kind::Number(1, 24), "hours that a meeting needs without a break"),
            arg("quorum", Kind::Number(1, 100), "percent of the participants who must be free"),
            arg("zones", Kind::Number(0, 24), "most hours between time zones; 0 is no limit"),
            arg("per_organisation", Kind::Number(0, 30), "most people of one organisation; 0 is no limit"),
            arg("per_department", Kind::Number(0, 30), "most people of one department; 0 is no limit"),
            arg("same_manager", Kind::Choice(&["apart", "free"]), "people with the same manager"),
            arg(
                "mentor_industry",
                Kind::Choice(&["same", "mixed", "ignore"]),
                "the mentor's industry beside the participants'",
            ),
            arg("weights", Kind::Text, "how much each thing counts, such as needs 50, levels 10"),
        ],
    ),
    write(
        Cmd::ProgramOpen,
        "program open",
        Who::Staff,
        "Open a programme: people can join, pulses get dates.",
        &[PROGRAM],
    ),
    write(
        Cmd::ProgramPause,
        "program pause",
        Who::Staff,
        "Hold everything back until you resume.",
        &[PROGRAM, REASON],
    ),
    write(Cmd::ProgramResume, "program resume", Who::Staff, "Go on after a pause.", &[PROGRAM]),
    write(
        Cmd::ProgramClose,
        "program close",
        Who::Staff,
        "End a programme and its groups.",
        &[PROGRAM, arg("confirm", Kind::Choice(&["yes"]), "yes, to end it")],
    ),
    write(
        Cmd::RoleGrant,
        "role grant",
        Who::Staff,
        "Give a person a role in a programme.",
        &[need("role", ROLES, "the role"), need("person", Kind::Person, "who"), PROGRAM],
    ),
    write(
        Cmd::RoleRevoke,
        "role revoke",
        Who::Staff,
        "Take a role from a person.",
        &[
            need("role", ROLES, "the role"),
            need("person", Kind::Person, "who"),
            PROGRAM,
            arg("confirm", Kind::Choice(&["yes"]), "yes, to take it at once"),
        ],
    ),
    write(
        Cmd::RoleApply,
        "role apply",
        Who::Anyone,
        "Apply to be a mentor of a programme; its staff answer you.",
        &[
            PROGRAM,
            arg("experience", Kind::Text, "what you have led, and for how long"),
            arg("strengths", Kind::Tags, "topics you can help others with"),
            arg("why", Kind::Text, "why you want to"),
            arg("hours", Kind::Number(1, applications::MOST_HOURS), "hours a month you can give"),
        ],
    ),
    write(
        Cmd::RoleCredential,
        "role credential",
        Who::Anyone,
        "Hand in your credential as a coach; staff check it.",
        &[
            PROGRAM,
            arg("issuer", Kind::Text, "who awarded it, such as ICF"),
            arg("level", Kind::Text, "its level, such as PCC"),
            arg("hours", Kind::Number(1, MOST_HOURS), "hours of formal training"),
            arg("awarded", Kind::Date, "when it was awarded"),
            arg("expires", Kind::Date, "its last day"),
        ],
    ),
    read(
        Cmd::RoleRecord,
        "role record",
        Who::Anyone,
        "Show your record: roles, time in office, credentials. Staff may name somebody.",
        &[PROGRAM, arg("person", Kind::Person, "who; you if left out")],
    ),
    read(Cmd::RoleWaiting, "role waiting", Who::Staff, "Show what waits for your decision.", &[PROGRAM]),
    write(
        Cmd::RoleApprove,
        "role approve",
        Who::Staff,
        "Approve what somebody handed in.",
        &[need("entry", Kind::Person, "whose it is; behind the name a number if several things wait")],
    ),
    write(
        Cmd::RoleDecline,
        "role decline",
        Who::Staff,
        "Decline what somebody handed in, with a kind reason.",
        &[
            need("entry", Kind::Person, "whose it is; behind the name a number if several things wait"),
            arg("reason", Kind::Text, "why; they read it"),
        ],
    ),
    read(
        Cmd::AdminHealth,
        "admin health",
        Who::StaffOrAdmin,
        "Show what waits, what was held back and why.",
        &[PROGRAM],
    ),
];

impl Spec {
    /// The argument called `name`.
    pub fn arg(&self, name: &str) -> Option<&'static Arg> {
        self.args.iter().find(|arg| arg.name == name)
    }

    /// How it is typed, such as `meetup rsvp <answer> [meetup]`.
    pub fn usage(&self) -> String {
        let mut out = self.path.to_owned();
        for arg in self.args {
            let shown = if arg.required { format!(" <{}>", arg.name) } else { format!(" [{}]", arg.name) };
            out.push_str(&shown);
        }
        out
    }
}

impl Cmd {
    /// Its row.
    pub fn spec(self) -> &'static Spec {
        TABLE.iter().find(|spec| spec.cmd == self).expect("every command has a row; a test checks it")
    }
}
