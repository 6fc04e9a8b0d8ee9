//! Accounts, workspaces and rooms change, go and come back: who is told, what waits, what is never sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use roundtable::adapters::playground::{PLATFORM, WORKSPACE};
use roundtable::chat::messenger::Found;
use roundtable::chat::{Gone, Message, Messenger, Outcome, Place, RoomRequest};
use roundtable::clock::{Ids, VirtualClock};
use roundtable::core::{Actor, Core, Input, Reply, Request, RoomLoss};
use roundtable::domain::civil::Instant;

use crate::harness::{Bot, days, has, hours, lacks, library, scenarios};

/// Every delivery has a name of its own.
static TYPED: AtomicU64 = AtomicU64::new(0);
/// The other workspace that a programme can span.
const SECOND: &str = "second";

fn actor(account: &str, name: &str) -> Actor {
    Actor { external_id: account.into(), handle: account.into(), name: name.into(), ..Actor::default() }
}

async fn changed(bot: &Bot, actor: &Actor, present: bool) {
    let core = bot.playground().core();
    core.account_changed(PLATFORM, WORKSPACE, actor, present).await.expect("it is written down");
    settle(bot).await;
}

async fn workspace(bot: &Bot, present: bool) {
    let core = bot.playground().core();
    core.workspace_changed(PLATFORM, WORKSPACE, Some("The Council"), present)
        .await
        .expect("it is written down");
}

async fn settle(bot: &Bot) {
    while bot.playground().core().tick().await.expect("a tick").unfinished {}
}

/// Somebody types in a workspace, as their platform describes them.
async fn types(bot: &Bot, workspace: &str, actor: Actor, text: &str) -> String {
    let request = Request {
        platform: PLATFORM.into(),
        workspace: workspace.into(),
        actor,
        room: None,
        delivery: format!("typed {}", TYPED.fetch_add(1, Ordering::Relaxed)),
        input: Input::Text(text.into()),
    };
    let reply: Reply = bot.playground().core().handle(request).await;
    bot.plain(&reply)
}

/// The platform's id of the room of the only group.
async fn room_of_group(bot: &Bot) -> String {
    bot.texts("SELECT external_id FROM rooms WHERE group_id IS NOT NULL AND external_id IS NOT NULL", &[])
        .await
        .remove(0)
}

/// What the staff were told from here on, over some days, for they get one message a day.
async fn told(bot: &mut Bot) -> Vec<String> {
    bot.inbox("ada").await.into_iter().filter(|words| words.contains("please look at this")).collect()
}

/// A platform on which something is gone.
struct Lacking {
    what: Gone,
    clock: Arc<VirtualClock>,
}

impl Lacking {
    fn answer(&self, is: Gone) -> Outcome {
        if self.what == is || self.what == Gone::Workspace {
            return Outcome::Gone { what: self.what, reason: "not there".into() };
        }
        Outcome::Sent { remote_id: format!("m{}", self.clock_micros()) }
    }

    fn clock_micros(&self) -> i64 {
        use roundtable::clock::Clock as _;
        self.clock.now().as_micros()
    }
}

#[async_trait]
impl Messenger for Lacking {
    async fn send(&self, _w: &str, place: &Place, _marker: &str, _message: &Message) -> Outcome {
        self.answer(if matches!(place, Place::Room(_)) { Gone::Room } else { Gone::Person })
    }

    async fn update(&self, _w: &str, _p: &Place, _remote_id: &str, _m: &Message) -> Outcome {
        self.answer(Gone::Room)
    }

    async fn open_room(&self, _w: &str, _request: &RoomRequest) -> Outcome {
        self.answer(Gone::Workspace)
    }

    async fn set_members(&self, _w: &str, room: &str, _members: &[String]) -> Outcome {
        match self.answer(Gone::Room) {
            // A conversation that cannot take in more people becomes another one.
            Outcome::Sent { .. } => Outcome::Sent { remote_id: format!("{room}-wider") },
            gone => gone,
        }
    }

    async fn set_card(
        &self,
        _w: &str,
        _room: &str,
        _card: Option<&str>,
        _marker: &str,
        _topic: &str,
        _m: &Message,
    ) -> Outcome {
        self.answer(Gone::Room)
    }

    async fn find(&self, _w: &str, _place: &Place, _marker: &str, _since: Instant) -> Found {
        Found::No
    }
}

/// A core on the bot's database that speaks to a platform on which something is gone.
fn lacking(bot: &Bot, what: Gone) -> (Core, Arc<VirtualClock>) {
    let clock = Arc::new(VirtualClock::at(bot.now()));
    let core = Core::new(bot.store().clone(), library(), clock.clone(), Arc::new(Ids::from_seed(7_000)))
        .with_messenger(PLATFORM, Arc::new(Lacking { what, clock: clock.clone() }));
    (core, clock)
}

/// Lives on with that core, stopping at everything that is due.
async fn live(core: &Core, clock: &VirtualClock, until: Instant) {
    for _ in 0..3_000 {
        while core.tick().await.expect("a tick").unfinished {}
        match core.next_due().await.expect("an agenda") {
            Some(next) if next <= until => clock.turn_to(next.max(core.now())),
            _ => {
                clock.turn_to(until);
                return;
            }
        }
    }
    panic!("the dispatcher turns in circles at {}", core.now());
}

/// The programme spans a second workspace from here on.
async fn spans_second(bot: &Bot) {
    let core = bot.playground().core();
    core.workspace_changed(PLATFORM, SECOND, Some("Second House"), true).await.expect("it is written down");
    bot.meddle(
        "INSERT INTO program_workspaces (program_id, workspace_id) \
         SELECT p.id, w.id FROM programs p, workspaces w WHERE w.external_id = $1",
        &[SECOND],
    )
    .await;
}

const PERSONS: &str = "SELECT count(*) FROM persons";

scenarios! {
    async fn a_renamed_account_is_called_by_its_new_name_unless_the_person_chose_another(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(60).await;
        changed(&bot, &actor("grace", "Grace Vale"), true).await;
        has(&bot.says("ben", "/mentor groups show").await, "Grace Vale");
        let cards: Vec<_> = bot.said().await.into_iter().filter(|s| s.kind.as_deref() == Some("room.card")).collect();
        has(&cards.last().expect("a standing card").plain(), "Mentor: Grace Vale");
        bot.says("grace", "/mentor profile name=\"Gracie V\"").await;
        changed(&bot, &actor("grace", "Grace Dale"), true).await;
        let shown = bot.says("ben", "/mentor groups show").await;
        has(&shown, "Gracie V");
        lacks(&shown, "Grace Dale");
    }

    async fn a_zone_of_the_platform_counts_until_the_person_chooses_one(engine) {
        let mut bot = Bot::small_group(engine).await;
        let hal = |zone: &str| Actor { zone: Some(zone.into()), ..actor("hal", "Hal North") };
        has(&types(&bot, WORKSPACE, hal("Europe/Berlin"), "zone").await, "Europe/Berlin");
        changed(&bot, &hal("Asia/Tokyo"), true).await;
        has(&types(&bot, WORKSPACE, hal("Asia/Tokyo"), "zone").await, "Your time zone is Asia/Tokyo");
        // A zone that is none is no news.
        changed(&bot, &hal("Mars/Olympus"), true).await;
        has(&types(&bot, WORKSPACE, hal("Mars/Olympus"), "home").await, "Time zone: Asia/Tokyo");
        types(&bot, WORKSPACE, hal("Asia/Tokyo"), "zone Europe/Paris").await;
        changed(&bot, &hal("America/New_York"), true).await;
        has(&types(&bot, WORKSPACE, hal("America/New_York"), "home").await, "Time zone: Europe/Paris");
        // Filing the profile without touching the zone chooses none; another zone in it does.
        let ida = |zone: &str| Actor { zone: Some(zone.into()), ..actor("ida", "Ida South") };
        types(&bot, WORKSPACE, ida("Europe/Berlin"), "profile organisation=South level=3").await;
        changed(&bot, &ida("Asia/Kolkata"), true).await;
        has(&types(&bot, WORKSPACE, ida("Asia/Kolkata"), "home").await, "Time zone: Asia/Kolkata");
        types(&bot, WORKSPACE, ida("Asia/Kolkata"), "profile zone=Europe/London").await;
        changed(&bot, &ida("Asia/Tokyo"), true).await;
        has(&types(&bot, WORKSPACE, ida("Asia/Tokyo"), "home").await, "Time zone: Europe/London");
        bot.advance(1).await;
    }

    async fn nothing_is_sent_to_a_deactivated_account_and_staff_hear_of_it_once(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let room = bot.group_room("ben").await;
        bot.inbox("ben").await;
        told(&mut bot).await;
        changed(&bot, &actor("ben", "Ben Brook"), false).await;
        changed(&bot, &actor("ben", "Ben Brook"), false).await;
        bot.advance(days(30)).await;
        assert_eq!(bot.inbox("ben").await, Vec::<String>::new());
        assert!(!bot.rooms("ben").await.contains(&room), "the room is without them");
        has(&bot.inbox("cleo").await.join("\n"), "Meetup 1 of Group 1");
        let notices = told(&mut bot).await;
        let of_ben: Vec<_> = notices.iter().filter(|n| n.contains("Ben Brook's account")).collect();
        assert_eq!(of_ben.len(), 1, "{notices:?}");
        has(of_ben[0], "Their place in Group 1 is kept");
        has(of_ben[0], "[Take them out]");
        // Their place is kept, and when the account is back, so are they.
        has(&bot.says("cleo", "/mentor groups show").await, "Ben Brook");
        changed(&bot, &actor("ben", "Ben Brook"), true).await;
        assert!(bot.rooms("ben").await.contains(&room), "the room has them again");
        bot.advance(days(30)).await;
        has(&bot.inbox("ben").await.join("\n"), "of Group 1");
    }

    async fn staff_take_out_somebody_who_is_gone_for_good_with_the_button_they_were_sent(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        changed(&bot, &actor("ben", "Ben Brook"), false).await;
        bot.advance(days(2)).await;
        has(&bot.press("ada", "Take them out").await, "no longer");
        lacks(&bot.says("cleo", "/mentor groups show").await, "Ben Brook");
    }

    async fn an_account_that_is_back_before_staff_heard_is_no_news(engine) {
        let mut bot = Bot::small_group(engine).await;
        // Friday evening: nobody is written to before Monday.
        bot.advance(days(4) + hours(9)).await;
        bot.inbox("ada").await;
        changed(&bot, &actor("ben", "Ben Brook"), false).await;
        changed(&bot, &actor("ben", "Ben Brook"), true).await;
        bot.advance(days(7)).await;
        lacks(&bot.inbox("ada").await.join("\n"), "Ben Brook's account");
    }

    async fn who_writes_is_there_again(engine) {
        let mut bot = Bot::small_group(engine).await;
        changed(&bot, &actor("ben", "Ben Brook"), false).await;
        workspace(&bot, false).await;
        has(&types(&bot, WORKSPACE, actor("ben", "Ben Brook"), "groups show").await, "Group 1");
        assert_eq!(bot.number("SELECT count(*) FROM accounts WHERE state = 'gone'", &[]).await, 0);
        assert_eq!(bot.number("SELECT count(*) FROM workspaces WHERE state = 'gone'", &[]).await, 0);
        bot.advance(1).await;
    }

    async fn an_account_nobody_knows_and_a_workspace_nobody_knows_change_nothing(engine) {
        let bot = Bot::small_group(engine).await;
        let before = bot.number(PERSONS, &[]).await;
        changed(&bot, &actor("nobody", "No Body"), true).await;
        changed(&bot, &actor("nobody", "No Body"), false).await;
        let core = bot.playground().core();
        core.account_changed(PLATFORM, "nowhere", &actor("ben", "Ben"), false).await.expect("no fault");
        core.workspace_changed(PLATFORM, "nowhere", None, false).await.expect("no fault");
        core.room_lost(PLATFORM, WORKSPACE, "noroom", RoomLoss::Deleted).await.expect("no fault");
        core.member_left(PLATFORM, WORKSPACE, "lobby", "ben").await.expect("no fault");
        assert_eq!(bot.number(PERSONS, &[]).await, before);
        assert_eq!(bot.number("SELECT count(*) FROM workspaces", &[]).await, 1);
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'staff.notice'", &[]).await, 0);
    }

    async fn what_a_disconnected_workspace_misses_is_held_and_what_is_of_use_goes_out_when_it_is_back(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.inbox("eva").await;
        bot.inbox("ada").await;
        workspace(&bot, false).await;
        workspace(&bot, false).await;
        bot.advance(days(9)).await;
        for who in ["ada", "grace", "ben", "cleo", "dev", "eva"] {
            let heard = bot.inbox(who).await;
            let after: Vec<_> = heard.iter().filter(|words| !words.contains("You are in Group 1")).collect();
            assert!(after.is_empty(), "{who} heard {after:?}");
        }
        assert_eq!(bot.inbox("eva").await, Vec::<String>::new());
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE state = 'dead'", &[]).await, 0);
        assert!(bot.number("SELECT count(*) FROM nudges WHERE state = 'ready' AND reason = 'the workspace is disconnected'", &[]).await > 0);
        workspace(&bot, true).await;
        bot.advance(days(2)).await;
        has(&bot.inbox("eva").await.join("\n"), "You are in Group 1");
        lacks(&bot.inbox("ada").await.join("\n"), "disconnected");
        // What was for a meetup that is over stays unsent, each with its reason.
        bot.advance(days(30)).await;
        has(&bot.inbox("eva").await.join("\n"), "Meetup 2 of Group 1");
        has(&bot.texts("SELECT name FROM workspaces", &[]).await.join(" "), "The Council");
    }

    async fn staff_elsewhere_hear_at_once_that_a_workspace_was_disconnected(engine) {
        let mut bot = Bot::small_group(engine).await;
        spans_second(&bot).await;
        // Ada also has an account in the second workspace; the playground shows both in one place.
        bot.meddle(
            "INSERT INTO accounts (id, person_id, workspace_id, external_id, handle, admin, state, created_at) \
             SELECT 'zz-second', a.person_id, w.id, 'ada', 'ada', 0, 'active', 0 FROM accounts a, workspaces w \
             WHERE a.external_id = 'ada' AND w.external_id = $1",
            &[SECOND],
        )
        .await;
        bot.inbox("ada").await;
        workspace(&bot, false).await;
        bot.advance(days(3)).await;
        let notices = told(&mut bot).await;
        assert_eq!(notices.iter().filter(|n| n.contains("I was disconnected from The Council")).count(), 1, "{notices:?}");
    }

    async fn a_lost_room_is_opened_anew_by_the_button_with_everybody_in_it_and_nobody_welcomed_twice(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(60).await;
        let old = room_of_group(&bot).await;
        told(&mut bot).await;
        let core = bot.playground().core();
        core.room_lost(PLATFORM, WORKSPACE, &old, RoomLoss::Archived).await.expect("it is written down");
        core.room_lost(PLATFORM, WORKSPACE, &old, RoomLoss::Deleted).await.expect("it is written down");
        bot.advance(days(2)).await;
        let notices = told(&mut bot).await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        has(&notices[0], "The room of Group 1 in");
        has(&notices[0], "was archived");
        assert!(bot.number("SELECT count(*) FROM nudges WHERE reason LIKE 'the room is lost%' AND state = 'ready'", &[]).await > 0);
        has(&bot.says("ben", "/mentor groups reopen 1").await, "Only the staff");
        has(&bot.press("ada", "Open a new room").await, "I am opening a new room for Group 1");
        bot.advance(60).await;
        let new = room_of_group(&bot).await;
        assert_ne!(old, new);
        for who in ["grace", "ben", "cleo", "dev", "eva"] {
            let said = bot.room(who, &new).await.join("\n");
            has(&said, "# Group 1 of Pathways");
            // The meetup's card fell due while there was no room.
            has(&said, "# Meetup 1 of Group 1");
            lacks(&said, "Welcome to Group 1");
        }
        has(&bot.says("ada", "/mentor groups reopen 1 pathways").await, "is not lost");
        bot.advance(days(8)).await;
        has(&bot.room("ben", &new).await.join("\n"), "A question to think about");
    }

    async fn a_room_that_the_platform_no_longer_has_is_found_out_by_sending_to_it(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(1).await;
        let old = room_of_group(&bot).await;
        for sql in [
            "DELETE FROM playground_messages WHERE room_id = $1",
            "DELETE FROM playground_members WHERE room_id = $1",
            "DELETE FROM playground_rooms WHERE id = $1",
        ] {
            bot.meddle(sql, &[&old]).await;
        }
        told(&mut bot).await;
        bot.says("ben", "/mentor meetup rsvp yes").await;
        bot.advance(days(3)).await;
        let notices = told(&mut bot).await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        has(&notices[0], "is not there any more");
        bot.press("ada", "Open a new room").await;
        bot.advance(60).await;
        has(&bot.room("ben", &room_of_group(&bot).await).await.join("\n"), "1 will come");
    }

    async fn staff_hear_who_left_the_room_and_bring_them_back(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(1).await;
        let (name, room) = (bot.group_room("ben").await, room_of_group(&bot).await);
        told(&mut bot).await;
        bot.meddle("DELETE FROM playground_members WHERE room_id = $1 AND account = 'ben'", &[&room]).await;
        let core = bot.playground().core();
        core.member_left(PLATFORM, WORKSPACE, &room, "ben").await.expect("it is written down");
        core.member_left(PLATFORM, WORKSPACE, &room, "ben").await.expect("it is written down");
        // Who was never in the group did not leave it.
        core.member_left(PLATFORM, WORKSPACE, &room, "ada").await.expect("it is written down");
        bot.advance(days(2)).await;
        let notices = told(&mut bot).await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        has(&notices[0], "Ben Brook has left the room of Group 1");
        has(&bot.says("cleo", "/mentor groups show").await, "Ben Brook");
        assert!(!bot.rooms("ben").await.contains(&name));
        has(&bot.press("ada", "Bring them back").await, "I am bringing Ben Brook back");
        bot.advance(60).await;
        assert!(bot.rooms("ben").await.contains(&name));
        has(&bot.says("ada", "/mentor groups invite ada 1 pathways").await, "is not a member of Group 1");
        has(&bot.says("ada", "/mentor groups invite ben 7 pathways").await, "no group called \"7\"");
    }

    async fn a_platform_that_says_a_person_is_gone_is_believed_once(engine) {
        let bot = Bot::small_group(engine).await;
        let done = "SELECT count(*) FROM nudges WHERE person_id IS NOT NULL AND state = 'done'";
        let before = bot.number(done, &[]).await;
        let (core, clock) = lacking(&bot, Gone::Person);
        live(&core, &clock, bot.now().plus_days(20)).await;
        // Everybody who was written to is gone now; each nudge ended with its reason and none was tried on.
        let gone = bot.number("SELECT count(*) FROM accounts WHERE state = 'gone'", &[]).await;
        assert!(gone >= 5, "{gone}");
        assert_eq!(bot.number(done, &[]).await, before);
        assert!(bot.number("SELECT count(*) FROM nudges WHERE state = 'skipped' AND reason = 'the person has gone'", &[]).await >= 5);
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE kind = 'staff.notice' AND subject IN (SELECT id FROM accounts WHERE external_id = 'ben')", &[]).await, 1);
    }

    async fn a_platform_that_says_the_workspace_is_gone_keeps_everything_waiting(engine) {
        let bot = Bot::small_group(engine).await;
        let (core, clock) = lacking(&bot, Gone::Workspace);
        live(&core, &clock, bot.now().plus_days(2)).await;
        assert_eq!(bot.texts("SELECT state FROM workspaces", &[]).await, ["gone"]);
        assert_eq!(bot.number("SELECT count(*) FROM nudges WHERE state IN ('dead', 'in_doubt', 'sending')", &[]).await, 0);
        assert_eq!(bot.number("SELECT count(*) FROM rooms WHERE state = 'gone'", &[]).await, 0);
        core.workspace_changed(PLATFORM, WORKSPACE, None, true).await.expect("it is written down");
        let due = bot.numbers("SELECT due_at FROM nudges WHERE state = 'ready' AND reason = 'the workspace is disconnected'", &[]).await;
        assert!(!due.is_empty() && due.iter().all(|at| *at <= core.now().as_micros()), "what waited is due: {due:?}");
    }

    async fn a_conversation_that_the_platform_replaced_is_the_groups_room_from_then_on(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(1).await;
        let old = room_of_group(&bot).await;
        bot.says("ben", "/mentor leave pathways yes").await;
        // The playground carried that out; a platform of the other kind gives the room another name.
        bot.meddle("UPDATE nudges SET state = 'ready', attempt = attempt + 1 WHERE kind = 'room.members'", &[]).await;
        let (core, clock) = lacking(&bot, Gone::Person);
        live(&core, &clock, bot.now().plus_secs(120)).await;
        assert_eq!(room_of_group(&bot).await, format!("{old}-wider"));
        assert_eq!(bot.number("SELECT count(*) FROM rooms WHERE card_id IS NOT NULL", &[]).await, 1, "the card is posted there anew");
    }

    async fn a_person_who_moves_to_another_workspace_of_the_programme_stays_the_same_person(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(1).await;
        spans_second(&bot).await;
        let ben = |account: &str| Actor { email: Some("Ben.Brook@Example.org".into()), zone: Some("Europe/London".into()), ..actor(account, "Ben Brook") };
        changed(&bot, &ben("ben"), true).await;
        changed(&bot, &ben("ben"), false).await;
        bot.advance(days(2)).await;
        let before = bot.number(PERSONS, &[]).await;
        told(&mut bot).await;
        has(&types(&bot, SECOND, Actor { email: Some("ben.brook@example.ORG".into()), ..ben("B2") }, "groups show").await, "Group 1");
        assert_eq!(bot.number(PERSONS, &[]).await, before);
        bot.advance(days(3)).await;
        let notices = told(&mut bot).await;
        assert_eq!(notices.len(), 1, "{notices:?}");
        has(&notices[0], "Ben Brook now writes from Second House");
        lacks(&notices[0].to_lowercase(), "example.org");
        assert_eq!(bot.texts("SELECT act FROM audit WHERE act = 'account tied'", &[]).await.len(), 1);
        // The group has a room over there now, with the card in it, and messages reach the new account.
        assert_eq!(bot.number("SELECT count(*) FROM rooms WHERE external_id IS NOT NULL AND card_id IS NOT NULL", &[]).await, 2);
        bot.advance(days(8)).await;
        has(&bot.inbox("B2").await.join("\n"), "of Group 1");
        let mut tx = bot.store().read().await.expect("a transaction");
        let export = serde_json::to_string(&tx.export().await.expect("an export")).expect("JSON");
        has(&export, "ben.brook@example.org");
    }

    async fn an_address_alone_makes_nobody_the_same_person(engine) {
        let mut bot = Bot::small_group(engine).await;
        let ben = |account: &str, email: &str| Actor { email: Some(email.into()), ..actor(account, "Ben Brook") };
        let core = bot.playground().core();
        core.workspace_changed(PLATFORM, SECOND, Some("Second House"), true).await.expect("it is written down");
        changed(&bot, &ben("ben", "ben@example.org"), true).await;
        changed(&bot, &ben("ben", "ben@example.org"), false).await;
        let mut people = bot.number(PERSONS, &[]).await;
        let mut is_new = async |bot: &Bot, who: Actor| {
            has(&types(bot, SECOND, who, "home").await, "Welcome");
            let now = bot.number(PERSONS, &[]).await;
            assert_eq!(now, people + 1);
            people = now;
        };
        // No programme spans both.
        is_new(&bot, ben("B1", "ben@example.org")).await;
        bot.meddle("DELETE FROM accounts WHERE external_id = $1", &["B1"]).await;
        spans_second(&bot).await;
        // No address, an address that is none, another one.
        is_new(&bot, actor("B2", "Ben Brook")).await;
        is_new(&bot, ben("B3", "ben")).await;
        is_new(&bot, ben("B4", "ben@example.com")).await;
        // Somebody whose account is still there is somebody else.
        changed(&bot, &ben("cleo", "cleo@example.org"), true).await;
        is_new(&bot, ben("B5", "cleo@example.org")).await;
        // An address that two people had names neither.
        changed(&bot, &ben("dev", "two@example.org"), true).await;
        changed(&bot, &ben("eva", "two@example.org"), true).await;
        changed(&bot, &ben("dev", "two@example.org"), false).await;
        changed(&bot, &ben("eva", "two@example.org"), false).await;
        is_new(&bot, ben("B6", "two@example.org")).await;
        assert_eq!(bot.texts("SELECT act FROM audit WHERE act = 'account tied'", &[]).await.len(), 0);
        bot.advance(1).await;
    }

    async fn an_e_mail_address_is_shown_to_nobody(engine) {
        let mut bot = Bot::small_group(engine).await;
        let ben = Actor { email: Some("ben@example.org".into()), ..actor("ben", "Ben Brook") };
        changed(&bot, &ben, true).await;
        for who in ["ada", "grace", "ben"] {
            for command in ["home", "inbox", "groups show", "profile", "program show", "meetup next", "about"] {
                lacks(&bot.says(who, &format!("/mentor {command}")).await, "example.org");
            }
        }
        lacks(&bot.says("ada", "/mentor admin health").await, "example.org");
    }
}
