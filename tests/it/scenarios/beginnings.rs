//! Programs, joining, roles and the charter.

use crate::harness::{Bot, accept, days, has, lacks, scenarios};

scenarios! {
    /// Rows: A1
    async fn a_program_has_a_name_a_goal_dates_and_staff_and_everything_belongs_to_it(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(10)).await;
        let shown = bot.says("ada", "/mentor program show pathways").await;
        for part in ["# Pathways", "Goal: Fill two posts from within", "From: 4 January 2027", "To: 3 January 2028", "4 participants", "Pulse 1:", "Pulse 2:"] {
            has(&shown, part);
        }
        for sql in [
            "SELECT count(*) FROM groups WHERE program_id IS NULL OR program_id = ''",
            "SELECT count(*) FROM meetups WHERE program_id IS NULL OR program_id = ''",
            "SELECT count(*) FROM waves WHERE program_id IS NULL OR program_id = ''",
            "SELECT count(*) FROM nudges WHERE program_id IS NULL",
        ] {
            assert_eq!(bot.number(sql, &[]).await, 0, "{sql}");
        }
        assert!(bot.number("SELECT count(*) FROM nudges", &[]).await > 10);
        assert_eq!(bot.number("SELECT count(*) FROM programs p JOIN persons o ON o.id = p.owner_id WHERE o.name = 'Ada Stone'", &[]).await, 1);
    }

    /// Rows: A2
    async fn everybody_sees_their_own_commands_and_is_refused_the_others_kindly(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        bot.add("Olga Outside", "Elsewhere", "Europe/Berlin").await;
        bot.says("ada", "/mentor role grant sponsor olga pathways").await;
        let help = |who: &str, text: &str| (who.to_owned(), text.to_owned());
        let ada = help("ada", &bot.says("ada", "/mentor help").await);
        let grace = help("grace", &bot.says("grace", "/mentor help").await);
        let ben = help("ben", &bot.says("ben", "/mentor help").await);
        let olga = help("olga", &bot.says("olga", "/mentor help").await);
        has(&ada.1, "/mentor groups publish");
        has(&ada.1, "/mentor program create");
        has(&grace.1, "/mentor starter pick");
        lacks(&grace.1, "/mentor groups publish");
        has(&ben.1, "/mentor meetup rsvp");
        has(&ben.1, "/mentor leave");
        has(&olga.1, "/mentor pulse results");
        lacks(&olga.1, "/mentor leave");
        lacks(&olga.1, "/mentor meetup rsvp");
        for command in ["groups preview", "role grant", "program close", "pulse results", "admin health", "program create"] {
            lacks(&ben.1, &format!("/mentor {command}"));
        }
        for refused in ["groups preview pathways", "role grant staff ben pathways", "program close pathways yes", "pulse results pathways", "admin health", "pulse open pathways"] {
            has(&bot.says("ben", &format!("/mentor {refused}")).await, "Only the staff");
            has(&bot.says("grace", &format!("/mentor {refused}")).await, "Only the staff");
        }
        has(&bot.says("ben", "/mentor program create name=X slug=xx").await, "Only administrators");
        has(&bot.says("ben", "/mentor meetup cancel").await, "Only the mentor");
        has(&bot.says("ben", "/mentor starter show").await, "Only the mentor");
        has(&bot.says("olga", "/mentor meetup next").await, "not in a group");
        has(&bot.says("olga", "/mentor groups show").await, "not in a group");
        assert_eq!(bot.number("SELECT count(*) FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = 'Ben Brook' AND r.role = 'staff'", &[]).await, 0);
    }

    /// Rows: A2
    async fn a_participant_is_not_shown_the_commands_of_those_who_lead(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        let help = bot.says("ben", "/mentor help").await;
        for command in ["starter pick", "meetup cancel", "meetup move", "meetup schedule"] {
            lacks(&help, &format!("/mentor {command}"));
        }
        // With a rotating lead the participants host, so they get those commands.
        bot.says("grace", "/mentor meetup schedule lead=rotating cadence=\"first tuesday at 14:00\"").await;
        has(&bot.says("ben", "/mentor help").await, "/mentor starter pick");
    }

    /// Rows: A20
    async fn one_person_mentors_one_group_and_learns_in_another(engine) {
        let mut bot = Bot::demo(engine).await;
        // Groups of three need all eight mentors, Gideon among them.
        bot.says("marta", "/mentor program settings pathways smallest=3 largest=3").await;
        bot.says("marta", "/mentor groups preview pathways").await;
        bot.says("marta", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        let roles = bot.texts("SELECT m.role FROM members m JOIN persons p ON p.id = m.person_id WHERE p.name = 'Gideon Marsh' ORDER BY m.role", &[]).await;
        assert_eq!(roles, ["mentor", "participant"]);
        let groups = bot.number("SELECT count(DISTINCT m.group_id) FROM members m JOIN persons p ON p.id = m.person_id WHERE p.name = 'Gideon Marsh'", &[]).await;
        assert_eq!(groups, 2);
        let shown = bot.says("gideon", "/mentor groups show").await;
        assert_eq!(shown.matches("Gideon Marsh").count(), 2, "{shown}");
        assert_eq!(bot.rooms("gideon").await.iter().filter(|room| room.contains("group")).count(), 2);
    }

    /// Rows: A29, A9
    async fn nobody_joins_before_reading_the_charter_and_version_and_date_are_kept(engine) {
        let mut bot = Bot::empty(engine).await;
        bot.add("Ada Stone", "Council", "Europe/Berlin").await;
        bot.found().await;
        bot.add("Ben Brook", "South Rail", "Europe/Berlin").await;
        let joined = "SELECT count(*) FROM roles WHERE role = 'participant'";
        let charter = bot.says("ben", "/mentor join pathways").await;
        has(&charter, "Our charter");
        has(&charter, "Contents stay in the group");
        has(&charter, "No reporting line");
        assert_eq!(bot.number(joined, &[]).await, 0, "reading is not joining");
        has(&bot.says("ben", "/mentor charter").await, "You have not accepted it yet");
        // A charter that has changed since the button was drawn must be read again.
        has(&bot.says("ben", "/mentor charter accept pathways participant 0").await, "Our charter");
        assert_eq!(bot.number(joined, &[]).await, 0);
        has(&bot.press("ben", &accept()).await, "Welcome to Pathways");
        assert_eq!(bot.number(joined, &[]).await, 1);
        bot.advance(days(3)).await;
        has(&bot.says("ben", "/mentor charter").await, "You accepted version 1 on Mon 4 Jan 2027");
        assert_eq!(bot.texts("SELECT version FROM charters", &[]).await, ["1"]);
    }

    /// Rows: A29
    async fn nobody_is_joined_by_somebody_else(engine) {
        let mut bot = Bot::empty(engine).await;
        bot.add("Ada Stone", "Council", "Europe/Berlin").await;
        bot.found().await;
        bot.add("Ben Brook", "South Rail", "Europe/Berlin").await;
        for role in ["participant", "mentor"] {
            let refused = bot.says("ada", &format!("/mentor role grant {role} ben pathways")).await;
            has(&refused, "nobody can do that for somebody else");
            // As a line, and as Discord's options.
            let forms = [format!("join pathways {role}"), format!("join program:pathways role:{role}")];
            assert!(forms.iter().any(|form| refused.contains(form)), "{refused}");
        }
        assert_eq!(bot.number("SELECT count(*) FROM roles WHERE role IN ('participant', 'mentor')", &[]).await, 0);
        // Another person's button is not mine to press.
        bot.says("ben", "/mentor join pathways").await;
        let (room, post, command) = bot.button("ben", &accept()).await.expect("a button");
        has(&bot.press_at("ada", &room, &post, &command).await, "That message is gone");
        assert_eq!(bot.number("SELECT count(*) FROM charters", &[]).await, 0);
    }

    /// Rows: A2
    async fn staff_give_and_take_roles_and_the_last_staff_stays(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor role grant staff cleo pathways").await, "Cleo Marsh is now");
        has(&bot.says("cleo", "/mentor groups preview pathways").await, "Proposed groups");
        has(&bot.says("ada", "/mentor role grant staff cleo pathways").await, "already");
        has(&bot.says("cleo", "/mentor role revoke staff ada pathways").await, "no longer");
        has(&bot.says("ada", "/mentor groups preview pathways").await, "Only the staff");
        let last = bot.says("cleo", "/mentor role revoke staff cleo pathways").await;
        has(&last, "the only one on the staff");
        has(&last, "Give somebody else that role first");
        has(&bot.says("cleo", "/mentor role revoke sponsor ben pathways").await, "nothing was changed");
        let coach = bot.says("cleo", "/mentor role grant coach grace pathways").await;
        has(&coach, "125 hours");
        has(&coach, "Grant mentor instead");
    }

    /// Rows: A29, C15
    async fn who_leaves_is_out_of_the_group_and_its_room_and_hears_nothing_more(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        bot.inbox("ben").await;
        let room = bot.group_room("ben").await;
        has(&bot.says("ben", "/mentor leave pathways").await, "Snoozing is enough");
        has(&bot.press("ben", "Leave").await, "You have left Pathways");
        bot.advance(days(60)).await;
        assert!(!bot.rooms("ben").await.contains(&room));
        assert_eq!(bot.inbox("ben").await, Vec::<String>::new());
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Ben Brook has left Group 1");
        has(&told, "fewer than the 4 you set");
        has(&bot.says("ben", "/mentor leave pathways").await, "not part of");
        // The way back is the way in.
        bot.join("ben", "participant").await;
        assert_eq!(bot.number("SELECT count(*) FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = 'Ben Brook' AND r.role = 'participant'", &[]).await, 1);
    }

    /// Rows: A29, C15
    async fn who_leaves_before_hearing_of_a_group_or_during_a_pulse_is_not_written_to(engine) {
        let mut bot = Bot::small_group(engine).await;
        // Eva's sending hours have not begun, so nobody has told her of her group yet.
        bot.says("eva", "/mentor leave pathways yes").await;
        bot.says("ada", "/mentor pulse open pathways").await;
        bot.inbox("dev").await;
        bot.says("dev", "/mentor leave pathways yes").await;
        bot.advance(days(20)).await;
        assert_eq!(bot.inbox("eva").await, Vec::<String>::new());
        assert_eq!(bot.inbox("dev").await, Vec::<String>::new());
    }

    /// Rows: A2
    async fn a_role_that_was_taken_ends_the_place_in_the_group_too(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.advance(days(1)).await;
        bot.inbox("ben").await;
        bot.says("ada", "/mentor role revoke participant ben pathways yes").await;
        bot.advance(days(40)).await;
        let told = bot.inbox("ben").await;
        assert_eq!(told.len(), 1, "beside the news, somebody out of the program is not written to: {told:?}");
        has(&told[0], "you are no longer a participant there");
        assert!(!bot.rooms("ben").await.iter().any(|room| room.contains("group")));
    }
}
