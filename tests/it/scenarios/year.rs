//! A whole year of the demo council, lived through by everybody: every meetup answered, both pulses too.

use std::collections::BTreeMap;

use roundtable::adapters::playground::WORKSPACE;
use roundtable::chat::Message;
use roundtable::core::{Input, Reply};

use crate::harness::{Bot, days, has, lacks, request, scenarios};

/// Most ordinary messages to one person in a day, a week and a month: the defaults of a program.
const LIMITS: [(i64, usize); 3] = [(1, 1), (7, 2), (30, 6)];

/// What people do with what they were sent since the last look: they come, mostly, and say what they need.
async fn answer_all(bot: &Bot, seen: &mut String) -> usize {
    let rows = bot
        .texts(
            "SELECT id || '|' || room_id || '|' || body FROM playground_messages \
             WHERE author = 'bot' AND visible_to IS NULL AND room_id LIKE 'dm-%' AND id > $1 ORDER BY id",
            &[seen],
        )
        .await;
    let mut acts = 0;
    for row in &rows {
        let mut parts = row.splitn(3, '|');
        let (id, room, body) =
            (parts.next().expect("an id"), parts.next().expect("a room"), parts.next().expect("a body"));
        id.clone_into(seen);
        let who = room.trim_start_matches("dm-");
        let message: Message = serde_json::from_str(body).expect("a message");
        let commands: Vec<&str> = message.all_actions().map(roundtable::chat::Action::command).collect();
        // A choice that is stable and differs from person to person and from time to time.
        let dice = id.bytes().chain(who.bytes()).map(usize::from).sum::<usize>() % 10;
        let command = match commands.as_slice() {
            [yes, maybe, no] if yes.starts_with("meetup rsvp") => Some([no, maybe, yes][dice.min(2)]),
            ["meetup need", nothing] => {
                if dice < 5 {
                    Some(nothing)
                } else {
                    None
                }
            }
            [answer, _] if answer.starts_with("pulse answer") => {
                answer_pulse(bot, who, answer, dice).await;
                acts += 1;
                None
            }
            [one, .., _, _] if one.starts_with("starter pick") => Some(one),
            _ => None,
        };
        if let Some(command) = command {
            let reply = bot
                .playground()
                .core()
                .handle(request(who, &format!("{id} {who}"), Input::Text((*command).to_owned())))
                .await;
            lacks(&bot.plain(&reply), "Something broke");
            acts += 1;
        }
    }
    acts
}

async fn answer_pulse(bot: &Bot, who: &str, command: &str, dice: usize) {
    let core = bot.core();
    let opened =
        core.handle(request(who, &format!("{command} {who} open"), Input::Text(command.to_owned()))).await;
    let Reply::Form(form) = opened else {
        // The invitation was answered already; this is the reminder that came before the answer.
        return has(&bot.plain(&opened), "You have answered this pulse already");
    };
    let mut values = BTreeMap::new();
    for field in &form.fields {
        let value = match field.name.as_str() {
            "o1" | "o2" => format!("Secret thought of {who}"),
            "rec" => (dice + 1).to_string(),
            _ => (dice % 5 + 1).to_string(),
        };
        values.insert(field.name.clone(), value);
    }
    let reply = core
        .handle(request(who, &format!("{command} {who}"), Input::Form { command: form.command, values }))
        .await;
    has(&bot.plain(&reply), "Thank you");
}

/// The most of sorted instants that lie in any span of so many days.
fn most_within(times: &[i64], span: i64) -> usize {
    let span = span * 86_400_000_000;
    times
        .iter()
        .map(|from| times.iter().filter(|at| **at >= *from && **at < *from + span).count())
        .max()
        .unwrap_or(0)
}

scenarios! {
    /// Rows: F2, F3, F4, B39, A28, C15, C22
    async fn a_year_of_the_council_keeps_every_promise(engine) {
        let mut bot = Bot::published(engine).await;
        let (mut seen, mut acts, mut shown) = (String::new(), 0, 0);
        for _ in 0..74 {
            bot.advance(days(5)).await;
            acts += answer_all(&bot, &mut seen).await;
            if bot.number("SELECT count(*) FROM waves WHERE state = 'open'", &[]).await == 1 {
                assert_eq!(bot.number("SELECT count(*) FROM waves WHERE state = 'open' AND results IS NOT NULL", &[]).await, 0);
                let open = bot.number("SELECT number FROM waves WHERE state = 'open'", &[]).await;
                let results = bot.says("marta", &format!("/mentor pulse results pathways {open}")).await;
                has(&results, "nothing is shown before one closes");
                shown += 1;
            }
        }
        assert!(acts > 500, "people did {acts} things");
        assert!(shown >= 4, "both pulses were looked at while they were open");
        loads(&bot).await;
        pulses(&mut bot).await;
        meetups(&bot).await;
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE state IN ('leased', 'sending', 'in_doubt', 'dead')", &[]).await, 0);
    }
}

/// Nobody gets more than the limits, however the year falls.
async fn loads(bot: &Bot) {
    let rows = bot
        .pairs(
            "SELECT person_id, done_at FROM nudges WHERE state = 'done' AND remote_id IS NOT NULL AND person_id IS NOT NULL \
             AND kind NOT IN ('meetup.moved', 'meetup.cancelled') ORDER BY person_id, done_at",
            &[],
        )
        .await;
    let mut people: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for (person, at) in rows {
        people.entry(person).or_default().push(at);
    }
    assert_eq!(people.len(), 32);
    for (person, times) in people {
        for (span, most) in LIMITS {
            let got = most_within(&times, span);
            assert!(got <= most, "{person} got {got} messages within {span} days");
        }
    }
}

async fn pulses(bot: &mut Bot) {
    let windows = bot.texts("SELECT opens_on || ' ' || closes_on FROM waves ORDER BY number", &[]).await;
    assert_eq!(windows.len(), 2);
    for window in &windows {
        let (opens, closes) = window.split_once(' ').expect("two dates");
        let (opens, closes): (jiff::civil::Date, jiff::civil::Date) =
            (opens.parse().expect("a date"), closes.parse().expect("a date"));
        assert_eq!((closes - opens).get_days(), 13, "fourteen days, the first and the last included");
    }
    assert_eq!(bot.texts("SELECT state FROM waves ORDER BY number", &[]).await, ["closed", "closed"]);
    // Invited once, reminded at most twice, never after the answer.
    let most = bot.pairs("SELECT person_id || subject, count(*) FROM nudges WHERE kind = 'pulse.reminder' AND state = 'done' GROUP BY person_id, subject", &[]).await;
    assert!(most.iter().all(|(_, n)| *n <= 2), "{most:?}");
    let answered = bot.number("SELECT count(*) FROM pulse_invitations WHERE state = 'answered'", &[]).await;
    assert!(answered >= 60, "{answered} of 62 answered");
    let invites =
        bot.number("SELECT count(*) FROM nudges WHERE kind = 'pulse.invite' AND state = 'done'", &[]).await;
    assert!((60..=62).contains(&invites), "{invites}");
    has(&bot.inbox("marta").await.join("\n"), "Pulse 2 of Pathways for future CIOs is in");
    let results = bot.says("marta", "/mentor pulse results pathways 1").await;
    has(&results, "Participants");
    has(&results, "Mentors");
    // Twenty-three or more participants answered, so their comments are shown; seven or eight mentors, so theirs are not.
    has(&results, "Secret thought of nadia");
    lacks(&results, "Secret thought of anselm");
    lacks(&results, "Nadia Firth");
    let schema = bot.number("SELECT count(*) FROM pulse_answers a JOIN pulse_invitations i ON i.person_id = a.id OR i.person_id = a.item OR i.person_id = a.body", &[]).await;
    assert_eq!(schema, 0);
    assert!(WORKSPACE.len() > 1);
}

async fn meetups(bot: &Bot) {
    let per_group =
        bot.numbers("SELECT count(*) FROM meetups WHERE state <> 'cancelled' GROUP BY group_id", &[]).await;
    assert!(per_group.iter().all(|n| (11..=13).contains(n)), "{per_group:?}");
    for (kind, least) in [
        ("meetup.card", 80),
        ("meetup.soon", 80),
        ("meetup.after", 80),
        ("starter.share", 70),
        ("starter.offer", 60),
        ("meetup.reminder", 250),
        ("meetup.need", 100),
    ] {
        let sent =
            bot.number("SELECT count(*) FROM nudges WHERE kind = $1 AND state = 'done'", &[kind]).await;
        assert!(sent >= least, "{sent} of {kind}");
    }
    let twice = bot.pairs("SELECT group_id || theme, count(*) FROM meetups WHERE state <> 'cancelled' GROUP BY group_id, theme HAVING count(*) > 1", &[]).await;
    assert_eq!(twice, [], "no theme twice in a group");
    let reminded = bot.pairs("SELECT subject || person_id, count(*) FROM nudges WHERE kind = 'meetup.reminder' AND state = 'done' GROUP BY subject, person_id HAVING count(*) > 1", &[]).await;
    assert_eq!(reminded, [], "one reminder for a meetup");
}
