//! Programmes: founding, showing, changing and ending them.

use super::staff::Notice;
use crate::chat::{Action, Choice, Field, FieldKind, Form, Message, TimeStyle, command, time};
use crate::domain::civil::Zone;
use crate::domain::settings::Settings;
use crate::domain::words::{ProgramState, Role, WaveState};
use crate::store::programs::{Program, RoleRow};
use crate::store::pulses::WaveRow;

/// A field of which one is chosen.
pub(super) fn choices<const N: usize>(pairs: [(&str, &str); N]) -> FieldKind {
    FieldKind::Select { options: pairs.map(|(value, label)| Choice::new(value, label)).to_vec() }
}

const LEADS: [(&str, &str); 3] =
    [("mentor", "The mentor"), ("rotating", "Participants in turn"), ("shared", "Everybody together")];

/// The form that founds a program.
pub(in crate::core) fn create_form(zone: &str, starts: &str, ends: &str) -> Form {
    let text = |max| FieldKind::Text { max, multiline: false };
    Form {
        title: "Found a programme".into(),
        command: "program create".into(),
        intro: vec!["You can change everything but the short name later.".into()],
        submit: "Found the programme".into(),
        fields: vec![
            Field::new("name", "Name", text(80)).required().hint("Such as Pathways for future CIOs"),
            Field::new("slug", "Short name", text(30))
                .required()
                .hint("For commands: small letters, digits and dashes"),
            Field::new(
                "goal",
                "Which business goal does it serve?",
                FieldKind::Text { max: 300, multiline: true },
            )
            .required(),
            Field::new("starts", "First day", FieldKind::Date).required().value(starts),
            Field::new("ends", "Last day", FieldKind::Date).required().value(ends),
            Field::new(
                "zone",
                "Time zone of its dates",
                FieldKind::Zone { suggestions: Zone::all().to_vec() },
            )
            .required()
            .value(zone),
            Field::new(
                "difference",
                "The people of a group differ in",
                choices([("organisation", "Organisation"), ("unit", "Business unit or department")]),
            )
            .value("organisation"),
            Field::new("cadence", "How often do groups meet?", text(80)).value("monthly").hint(
                "weekly, fortnightly, monthly or quarterly; or \
                 an exact rhythm such as first tuesday at 15:00",
            ),
            Field::new("waves", "Pulses in twelve months", FieldKind::Number { min: 2, max: 3 })
                .value("2")
                .hint("At least two"),
        ],
    }
}

/// The form that changes a program.
pub(in crate::core) fn settings_form(program: &Program, s: &Settings) -> Form {
    let number = |min, max| FieldKind::Number { min, max };
    let text = |max| FieldKind::Text { max, multiline: false };
    let rules = &s.formation;
    let industry = match rules.industry {
        crate::domain::formation::IndustryWish::Same => "same",
        crate::domain::formation::IndustryWish::Mixed => "mixed",
        crate::domain::formation::IndustryWish::Ignore => "ignore",
    };
    Form {
        title: "Settings".into(),
        command: format!("program settings {}", program.slug),
        intro: vec![
            format!("How {} runs. New rhythms apply to groups formed from now on.", program.name).into(),
        ],
        submit: "Save".into(),
        fields: vec![
            Field::new("smallest", "Fewest participants in a group", number(1, 30))
                .value(rules.min_participants.to_string()),
            Field::new("largest", "Most participants in a group", number(1, 30))
                .value(rules.max_participants.to_string()),
            Field::new("mentors", "Most mentors in a group", number(1, 5))
                .value(rules.max_mentors.to_string()),
            Field::new("per_unit", format!("Most people of one {} in a group", s.difference), number(1, 30))
                .value(rules.per_unit.to_string()),
            Field::new(
                "industry",
                "Industries in a group",
                choices([("same", "The same"), ("mixed", "Mixed"), ("ignore", "Does not matter")]),
            )
            .value(industry),
            Field::new("common_hours", "Weekly hours a group must share", number(0, 40))
                .value(rules.min_common_hours.to_string()),
            Field::new("cadence", "How often do groups meet?", text(80)).value(&*s.cadence),
            Field::new("minutes", "Length of a meetup in minutes", number(15, 480))
                .value(s.minutes.to_string()),
            Field::new("lead", "Who leads meetups", choices(LEADS)).value(s.lead.as_str()),
            Field::new("place", "Room, address or call link", text(200)).value(&*s.place),
            Field::new("holidays", "Holiday calendars to keep free", text(120))
                .value(s.holidays.join(", "))
                .hint("Such as international, de, us"),
            Field::new("waves", "Pulses in twelve months", number(2, 3)).value(s.waves_per_year.to_string()),
            Field::new("ends", "Last day", FieldKind::Date).value(&*program.ends_on),
            Field::new("per_day", "Most messages to one person in a day", number(1, 20))
                .value(s.load.per_day.to_string()),
            Field::new("per_week", "Most messages to one person in a week", number(1, 50))
                .value(s.load.per_week.to_string()),
            Field::new("per_month", "Most messages to one person in a month", number(1, 200))
                .value(s.load.per_month.to_string()),
            Field::new(
                "events",
                "Next meetups as events of the server",
                choices([("hide", "Hide them"), ("show", "Show them to everybody there")]),
            )
            .value(if s.events { "show" } else { "hide" })
            .hint("Where there are such events, they say when a group meets, and not where."),
            Field::new(
                "new_mentors",
                "How people become mentors",
                choices([("join", "They join by themselves"), ("apply", "They apply, and staff choose")]),
            )
            .value(if s.mentors_apply { "apply" } else { "join" })
            .hint("Either way staff can make somebody a mentor who has accepted the charter."),
        ],
    }
}

/// A program was founded.
pub(in crate::core) fn created(program: &Program) -> Message {
    Message::new()
        .heading(format!("{} is founded", program.name))
        .words(
            "It is a draft: nobody can join yet, and nothing is sent. Look at the settings, then \
             open it.",
        )
        .actions([
            Action::primary("Open it", format!("program open {}", program.slug)),
            Action::button("Settings", format!("program settings {}", program.slug)),
        ])
}

/// A program with everything a person may see of it; its groups are counted as open and ended.
pub(in crate::core) fn show(
    program: &Program,
    settings: &Settings,
    roles: &[RoleRow],
    (open, ended): (usize, usize),
    waves: &[WaveRow],
    staff: bool,
    joined: bool,
) -> Message {
    let number = |role| roles.iter().filter(|row| row.role == role).count();
    let mut fields = vec![
        ("State", vec![program.state.as_str().into()]),
        ("Goal", vec![program.goal.as_str().into()]),
        ("From", vec![super::day(&program.starts_on).into()]),
        ("To", vec![super::day(&program.ends_on).into()]),
        ("Groups meet", vec![settings.cadence.as_str().into()]),
    ];
    if staff {
        let ended = if ended == 0 { String::new() } else { format!(", and {ended} that ended") };
        let people = format!(
            "{}, {}, {}{ended}",
            super::count(number(Role::Participant), "participant", "participants"),
            super::count(number(Role::Mentor), "mentor", "mentors"),
            super::count(open, "group", "groups")
        );
        fields.push(("People", vec![people.into()]));
        fields.push(("People of a group differ in", vec![settings.difference.as_str().into()]));
    }
    let message = Message::new().heading(&*program.name).fields(fields);
    let pulses = waves.iter().map(|wave| {
        let state = match wave.state {
            WaveState::Planned => "planned",
            WaveState::Open => "open now",
            WaveState::Closed => "closed",
        };
        let (from, to) = (super::day(&wave.opens_on), super::day(&wave.closes_on));
        vec![format!("Pulse {}: {from} to {to} ({state})", wave.number).into()]
    });
    let message = message.list(pulses);
    if program.state != ProgramState::Open || joined {
        return message;
    }
    let (message, mentor) = if settings.mentors_apply {
        let apply = Action::button("Apply as a mentor", format!("role apply {}", program.slug));
        (message.words("Mentors apply, and the staff choose them."), apply)
    } else {
        (message, Action::button("Join as a mentor", format!("join {} mentor", program.slug)))
    };
    let participant = Action::primary("Join as a participant", format!("join {} participant", program.slug));
    message.actions([participant, mentor])
}

/// A program opened.
pub(in crate::core) fn opened(program: &Program, waves: &[WaveRow]) -> Message {
    let dates = waves.iter().map(|w| {
        vec![
            format!("Pulse {}: ", w.number).into(),
            time(w.opens_at, TimeStyle::Date),
            " to ".into(),
            time(w.closes_at, TimeStyle::Date),
        ]
    });
    Message::new()
        .heading(format!("{} is open", program.name))
        .text([
            "People can join with ".into(),
            command(format!("join {}", program.slug)),
            ". The pulses have their dates:".into(),
        ])
        .list(dates)
        .text([
            "When enough people are in, propose groups with ".into(),
            command("groups preview"),
            ".".into(),
        ])
}

/// A program changed its state.
pub(in crate::core) fn now_is(program: &Program) -> Message {
    Message::new().words(match program.state {
        ProgramState::Paused => format!(
            "{} is paused. Nothing is sent until you resume it. What becomes too late meanwhile is \
             skipped.",
            program.name
        ),
        ProgramState::Open => {
            format!("{} goes on. What is still of use will be sent; the rest is skipped.", program.name)
        }
        ProgramState::Closed => format!(
            "{} has ended. Its groups are closed and nothing more is sent. The results stay.",
            program.name
        ),
        ProgramState::Draft => format!("{} is a draft.", program.name),
    })
}

/// Settings were saved.
pub(in crate::core) fn settings_saved(program: &Program) -> Message {
    Message::new().words(format!("The settings of {} are saved.", program.name))
}

/// A role was given.
pub(in crate::core) fn granted(program: &Program, name: &str, role: Role) -> Message {
    Message::new().words(format!("{name} is now {} in {}.", super::a_role(role), program.name))
}

/// A role was given, to the person: what they can do now.
pub(in crate::core) fn granted_news(program: &Program, role: Role) -> Notice {
    let now = match role {
        Role::Participant => "When the staff have formed the groups, I tell you yours, with the reasons.",
        Role::Mentor => {
            "The staff form the groups and I tell you yours. Until then, see that your profile says what you can help \
             with."
        }
        Role::Coach => "Those who look for a coach see it, and it counts when groups are formed.",
        Role::Facilitator => {
            "You help a group's talk along. The groups in which you do are agreed with the staff."
        }
        Role::Staff => {
            "You can form groups, change the settings, look at what people hand in, and see what is sent and what is \
             not."
        }
        Role::Sponsor => "You can see the results of its pulses as soon as one has closed.",
        Role::PeerLeader => {
            "The staff count on your view as the head of a department that the programme touches."
        }
        Role::Adviser => "The staff count on your view from outside.",
    };
    let news = Notice::new(format!("You are {} in {} now. {now}", super::a_role(role), program.name));
    match role {
        Role::Participant | Role::Mentor | Role::Coach => {
            news.button("Check my profile", "profile".to_owned())
        }
        Role::Staff => news.button("See how it stands", "home".to_owned()),
        Role::Facilitator | Role::Sponsor | Role::PeerLeader | Role::Adviser => {
            news.button("What I can do", "help".to_owned())
        }
    }
}

/// Before a role is taken on which places in groups rest.
pub(in crate::core) fn revoke_sure(program: &Program, name: &str, role: Role, groups: &[String]) -> String {
    format!(
        "Take from {name} the role of {} in {}? {name} is then no longer in {}. I tell {name} and the group's room.",
        super::a_role(role),
        program.name,
        super::list(groups)
    )
}

/// A role was taken, and with it the places in these groups.
pub(in crate::core) fn revoked(program: &Program, name: &str, role: Role, groups: &[String]) -> Message {
    let fact = format!("{name} is no longer {} in {}", super::a_role(role), program.name);
    Message::new().words(if groups.is_empty() {
        format!("{fact}.")
    } else {
        format!("{fact}, and so no longer in {}. They and those in the room hear of it.", super::list(groups))
    })
}

/// A role was taken, to the person; `rest` is what they are still.
pub(in crate::core) fn revoked_news(
    program: &Program,
    role: Role,
    groups: &[String],
    rest: &[Role],
) -> Notice {
    let out = match groups {
        [] => String::new(),
        [one] => format!(" So you are no longer in {one} and its room."),
        many => format!(" So you are no longer in {} and their rooms.", super::list(many)),
    };
    let rest: Vec<&str> = rest.iter().map(|role| super::a_role(*role)).collect();
    let rest = if rest.is_empty() {
        "Nothing more will be sent to you about it.".to_owned()
    } else {
        format!("You are still {}.", super::list(&rest))
    };
    Notice::new(format!(
        "The staff of {} have taken back a role: you are no longer {} there.{out} Thank you for what you have given. \
         {rest} If this is a surprise, please ask them: it can be undone.",
        program.name,
        super::a_role(role)
    ))
}
