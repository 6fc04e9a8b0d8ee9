//! Coaches and mentors chosen with care: credentials that staff check and that run out, time as head of IT.

use super::groups::{ONLY, together, two_pairs, weigh};
use crate::harness::{Bot, accept, days, has, lacks, scenarios};

const HAND_IN: &str =
    "/mentor role credential pathways issuer=ICF level=PCC hours=200 awarded=2025-03-01 expires=2027-06-30";

/// Grace hands a credential in, and Ada checks it and makes her a coach.
async fn coached(bot: &mut Bot) {
    has(&bot.says("grace", HAND_IN).await, "Thank you. The staff of Pathways check it");
    has(&bot.says("ada", "/mentor role approve \"Grace Hill\"").await, "may be called a coach now");
    has(&bot.press("ada", "Make them a coach").await, "Grace Hill is now a coach in Pathways.");
}

scenarios! {
    /// Rows: D2
    async fn a_coach_is_who_has_a_credential_that_staff_have_checked(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor role grant coach grace pathways").await, "Grace Hill has none in Pathways");
        bot.says("grace", "/mentor role credential pathways").await;
        let values = [("issuer", "ICF"), ("level", "PCC"), ("hours", "200"), ("awarded", "2025-03-01"), ("expires", "2028-02-29")];
        has(&bot.fill("grace", &values).await, "ICF PCC, 200 hours of training, awarded on 1 March 2025, valid until 29 February 2028.");
        has(&bot.says("ada", "/mentor role grant coach grace pathways").await, "125 hours");
        bot.advance(days(1)).await;
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Grace Hill has handed in a credential as a coach and waits for you to check it.");
        has(&bot.says("ada", "/mentor inbox").await, "Pathways: 1 thing that somebody handed in waits for your decision.");
        has(&bot.press("ada", "Look at it").await, "Grace Hill hands in a credential as a coach: ICF PCC.");
        has(&bot.press("ada", "Approve").await, "you have checked Grace Hill's credential ICF PCC");
        has(&bot.press("ada", "Make them a coach").await, "Grace Hill is now a coach in Pathways.");
        has(&bot.says("ada", "/mentor role waiting pathways").await, "Nothing that somebody handed in waits");
        bot.advance(days(1)).await;
        has(&bot.inbox("grace").await.join("\n"), "The staff of Pathways have checked your credential ICF PCC. You may be called a coach");
        let record = bot.says("grace", "/mentor role record").await;
        for part in ["Takes part as: a coach and a mentor", "200 hours of training", "Approved by Ada Stone on", "Only you and the staff of Pathways see this."] {
            has(&record, part);
        }
        // Whoever asked for a coach gets this one, and is told so.
        bot.says("ben", "/mentor profile need=coach").await;
        bot.says("ada", "/mentor groups preview pathways").await;
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        let told = bot.inbox("ben").await.join("\n");
        has(&told, "You asked for a coach, and Grace Hill is one.");
        has(&told, "Grace Hill (coach and mentor, North Bank)");
    }

    /// Rows: D2
    async fn when_the_credential_runs_out_the_label_goes_and_everybody_concerned_hears_of_it(engine) {
        let mut bot = Bot::small_group(engine).await;
        coached(&mut bot).await;
        bot.advance(days(140)).await;
        lacks(&bot.inbox("grace").await.join("\n"), "is valid until");
        bot.advance(days(10)).await;
        let warned = bot.inbox("grace").await.join("\n");
        has(&warned, "Your credential ICF PCC is valid until 30 June 2027.");
        has(&warned, "[Hand in the new one]");
        bot.inbox("ada").await;
        bot.advance(days(30)).await;
        has(&bot.inbox("grace").await.join("\n"), "you are no longer called a coach in Pathways. You stay a mentor");
        has(&bot.inbox("ada").await.join("\n"), "Grace Hill's credential as a coach has run out");
        let record = bot.says("grace", "/mentor role record").await;
        has(&record, "Takes part as: a mentor");
        has(&record, "It has run out.");
        has(&bot.says("ada", "/mentor role grant coach grace pathways").await, "has none in Pathways");
        // Her place is as it was, and the renewed credential brings the label back.
        assert!(bot.rooms("grace").await.iter().any(|room| room.contains("group")));
        has(&bot.says("grace", "/mentor role credential pathways issuer=ICF level=PCC hours=200 awarded=2027-07-01 expires=2030-06-30").await, "Thank you");
        bot.says("ada", "/mentor role approve grace").await;
        has(&bot.says("ada", "/mentor role grant coach grace pathways").await, "is now a coach");
        bot.advance(days(60)).await;
        lacks(&bot.inbox("grace").await.join("\n"), "no longer called a coach");
    }

    /// Rows: D2
    async fn when_the_label_goes_nobody_becomes_a_mentor_who_was_none(engine) {
        let mut bot = Bot::small(engine).await;
        bot.says("ben", HAND_IN).await;
        bot.says("ada", "/mentor role approve ben").await;
        has(&bot.says("ada", "/mentor role grant coach ben pathways").await, "Ben Brook is now a coach");
        bot.advance(days(1)).await;
        has(&bot.inbox("ben").await.join("\n"), "You are a coach in Pathways now.");
        coached(&mut bot).await;
        bot.advance(days(150)).await;
        for who in ["ada", "ben", "grace"] {
            bot.inbox(who).await;
        }
        bot.advance(days(30)).await;
        let told = bot.inbox("ben").await.join("\n");
        has(&told, "you are no longer called a coach in Pathways. You take part as before. If it is renewed");
        lacks(&told, "You stay a mentor");
        has(&bot.says("ben", "/mentor role record").await, "Takes part as: a participant");
        // A mentor without a group hears nothing of groups.
        has(&bot.inbox("grace").await.join("\n"), "no longer called a coach in Pathways. You stay a mentor. If it is renewed");
        let told = bot.inbox("ada").await.join("\n");
        has(&told, "Ben Brook stays a participant. I have told them.");
        has(&told, "Grace Hill stays a mentor. I have told them.");
    }

    /// Rows: D2
    async fn a_credential_with_wrong_figures_is_not_taken_and_one_with_few_hours_carries_no_label(engine) {
        let mut bot = Bot::small(engine).await;
        let wrong = |hours: &str, awarded: &str, expires: &str| {
            format!("/mentor role credential pathways issuer=ICF level=ACC hours={hours} awarded={awarded} expires={expires}")
        };
        for (line, said) in [
            (wrong("200", "2025-03-01", "2024-03-01"), "It would end before it was awarded."),
            (wrong("200", "2027-03-01", "2029-03-01"), "That day is still to come."),
            (wrong("200", "2020-03-01", "2023-03-01"), "It has run out already."),
            (wrong("200", "yesterday", "2029-03-01"), "Write the date as 2027-01-31."),
            (wrong("-5", "2025-03-01", "2029-03-01"), "-5"),
        ] {
            has(&bot.says("grace", &line).await, said);
        }
        bot.says("grace", "/mentor role credential pathways").await;
        let values = [("issuer", "ICF"), ("level", "PCC"), ("hours", "200"), ("awarded", "2025-03-01"), ("expires", "2025-03-01")];
        has(&bot.fill("grace", &values).await, "It would end before it was awarded.");
        assert_eq!(bot.number("SELECT count(*) FROM credentials", &[]).await, 0);
        has(&bot.says("grace", &wrong("60", "2025-03-01", "2029-03-01")).await, "so this one does not carry it yet");
        let approved = bot.says("ada", "/mentor role approve grace").await;
        has(&approved, "The label coach needs 125 hours");
        lacks(&approved, "[Make them a coach]");
        has(&bot.says("ada", "/mentor role grant coach grace pathways").await, "125 hours");
    }

    /// Rows: D2
    async fn a_credential_and_why_it_was_declined_are_seen_by_the_person_and_by_staff_alone(engine) {
        let mut bot = Bot::small_group(engine).await;
        bot.says("grace", HAND_IN).await;
        for line in ["role record pathways grace", "role waiting pathways", "role approve grace", "role decline grace no"] {
            let refused = bot.says("ben", &format!("/mentor {line}")).await;
            has(&refused, "Only the staff");
            lacks(&refused, "ICF");
        }
        has(&bot.says("ada", "/mentor role decline ben Sorry").await, "Nothing of theirs waits");
        has(&bot.says("ada", "/mentor role decline grace").await, "Decline kindly");
        has(&bot.fill("ada", &[("reason", "The number on it is not readable")]).await, "Declined. I tell Grace Hill");
        has(&bot.says("ada", "/mentor role approve grace").await, "Nothing of theirs waits");
        bot.advance(days(2)).await;
        let told = bot.inbox("grace").await.join("\n");
        has(&told, "could not confirm your credential ICF PCC. They say: The number on it is not readable.");
        has(&told, "[Hand it in again]");
        has(&bot.says("grace", "/mentor role record").await, "Declined by Ada Stone on");
        has(&bot.says("ada", "/mentor role record pathways grace").await, "not readable.");
        lacks(&bot.says("ben", "/mentor role record pathways").await, "ICF");
        let olga = bot.add("Olga Outside", "Elsewhere", "Europe/Berlin").await;
        bot.says(&olga, "/mentor profile years=9 industry=retail").await;
        let none = bot.says("ada", "/mentor role record pathways olga").await;
        has(&none, "there is no record");
        lacks(&none, "retail");
        for who in ["ben", "cleo", "dev", "eva"] {
            lacks(&bot.inbox(who).await.join("\n"), "readable");
        }
        lacks(&bot.says("ada", "/mentor admin health pathways").await, "readable");
        // Nobody decides about what is their own.
        bot.says("ada", HAND_IN).await;
        has(&bot.says("ada", "/mentor role approve ada").await, "That is your own.");
    }

    /// Rows: D5
    async fn a_coach_needs_no_past_in_it_only_the_charter_and_the_credential(engine) {
        let mut bot = Bot::small(engine).await;
        let who = bot.add("Hugo Fern", "Far Steel", "Europe/Berlin").await;
        bot.says(&who, "/mentor profile years=0 office=no level=2 availability=\"mon-fri 8:00-20:00\"").await;
        bot.says(&who, HAND_IN).await;
        bot.says("ada", "/mentor role approve hugo").await;
        let refused = bot.says("ada", "/mentor role grant coach hugo pathways").await;
        has(&refused, "Hugo Fern has not accepted the charter");
        bot.join(&who, "participant").await;
        has(&bot.says("ada", "/mentor role grant coach hugo pathways").await, "Hugo Fern is now a coach in Pathways.");
        assert_eq!(bot.number("SELECT capacity FROM persons WHERE name = $1", &["Hugo Fern"]).await, 1);
        let plan = bot.says("ada", "/mentor groups preview pathways fresh=yes").await;
        has(&plan, "Hugo Fern");
        has(&bot.says(&who, "/mentor leave pathways yes").await, "You have left Pathways.");
        assert_eq!(bot.number("SELECT count(*) FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = $1", &["Hugo Fern"]).await, 0);
    }

    /// Rows: D6
    async fn a_mentors_time_as_head_of_it_is_kept_shown_and_counts_in_matching(engine) {
        let mut bot = two_pairs(engine).await;
        has(&bot.says("grace", "/mentor profile years=4 office=yes industry=bank").await, "saved");
        has(&bot.says("hugo", "/mentor profile years=30 office=no industry=steel").await, "saved");
        has(&bot.says("hugo", "/mentor profile years=-1").await, "-1");
        let record = bot.says("ada", "/mentor role record pathways \"Grace Hill\"").await;
        has(&record, "Head of IT: for 4 years, still in office");
        has(&record, "Industry: bank");
        has(&bot.says("hugo", "/mentor role record pathways").await, "Head of IT: for 30 years, not any more");
        // Of two mentors, one group needs one: who is in office comes before who was for longer.
        has(&bot.says("ada", "/mentor program settings pathways smallest=4 largest=4").await, "saved");
        let plan = weigh(&mut bot, &format!("weights=\"{ONLY}, credentials 500\"")).await;
        has(&plan, "Mentors' credentials");
        assert!(together(&plan, "Grace Hill", "Ben Brook"), "{plan}");
        bot.says("grace", "/mentor profile office=no").await;
        let plan = weigh(&mut bot, "weights=\"credentials 400\"").await;
        assert!(together(&plan, "Hugo Fern", "Ben Brook"), "{plan}");
        bot.says("ada", "/mentor groups publish pathways yes").await;
        bot.advance(days(1)).await;
        has(&bot.inbox("ben").await.join("\n"), "Hugo Fern (mentor, head of IT for 30 years, not any more, Far Steel)");
    }

    /// Rows: D14
    async fn mentors_apply_are_looked_at_by_set_criteria_and_are_approved_by_staff(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor program settings pathways new_mentors=apply").await, "saved");
        let hugo = bot.add("Hugo Fern", "Far Steel", "Europe/Berlin").await;
        bot.says(&hugo, "/mentor profile years=12 office=yes level=6 availability=\"mon-fri 8:00-20:00\"").await;
        let shown = bot.says(&hugo, "/mentor program show pathways").await;
        has(&shown, "Mentors apply, and the staff choose them.");
        lacks(&shown, "Join as a mentor");
        let both = bot.says(&hugo, "/mentor join pathways both").await;
        has(&both, "You are about to join as a participant");
        has(&both, "The mentors of Pathways apply, and its staff choose them.");
        let joined = bot.says(&hugo, "/mentor join pathways mentor").await;
        bot.says(&hugo, "/mentor program show pathways").await;
        let charter = bot.press(&hugo, "Apply as a mentor").await;
        assert_eq!(charter, joined, "both lead to the charter as the first step");
        has(&charter, "The charter comes first; once you have accepted it, four short questions follow, as with");
        lacks(&charter, "You are about to join as a mentor");
        has(&bot.press(&hugo, &accept()).await, "The staff of Pathways choose its mentors with care.");
        assert_eq!(bot.number("SELECT count(*) FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = 'Hugo Fern'", &[]).await, 0);
        bot.press(&hugo, "Apply as a mentor").await;
        has(&bot.fill(&hugo, &[("experience", "IT of a steel works"), ("strengths", "a, b, c, d, e, f, g, h, i, j, k, l, m"), ("why", "To give back"), ("hours", "1")]).await, "Please name at most 12 topics");
        has(&bot.fill(&hugo, &[("experience", "IT of a steel works"), ("strengths", "stakeholders, steel"), ("why", "To give back"), ("hours", "1")]).await, "Thank you for applying.");
        bot.advance(days(1)).await;
        has(&bot.inbox("ada").await.join("\n"), "Hugo Fern applies to be a mentor and waits for your answer.");
        let looked = bot.press("ada", "Look at it").await;
        for part in ["Experience: fits. Head of IT for 12 years, still in office.", "Strengths: fits. Persuading stakeholders; steel. 1 topic that participants ask for: Persuading stakeholders.", "Time: please ask. 1 hour a month.", "Has led: IT of a steel works.", "Why: To give back."] {
            has(&looked, part);
        }
        bot.press("ada", "Decline").await;
        has(&bot.fill("ada", &[("reason", "We need two hours a month. Could you find them")]).await, "Declined. I tell Hugo Fern");
        bot.advance(days(1)).await;
        let told = bot.inbox(&hugo).await.join("\n");
        has(&told, "They write: We need two hours a month. Could you find them. You are welcome to apply again.");
        let again = "/mentor role apply pathways experience=\"IT of a steel works\" strengths=stakeholders why=\"To give back\" hours=3";
        has(&bot.says(&hugo, again).await, "Thank you for applying.");
        for line in ["role waiting pathways", "role approve hugo", "role record pathways hugo"] {
            let refused = bot.says("ben", &format!("/mentor {line}")).await;
            has(&refused, "Only the staff");
            lacks(&refused, "steel");
        }
        // The last answers are in the form, so a change is one answer.
        bot.says(&hugo, "/mentor role apply pathways").await;
        has(&bot.fill(&hugo, &[("why", "To give back, and to learn")]).await, "Thank you for applying.");
        let looked = bot.says("ada", "/mentor role waiting pathways").await;
        has(&looked, "Why: To give back, and to learn.");
        has(&looked, "Has led: IT of a steel works.");
        has(&bot.says("ada", "/mentor role approve hugo").await, "Hugo Fern is a mentor in Pathways now");
        has(&bot.says(&hugo, again).await, "You are a mentor in Pathways already.");
        bot.advance(days(1)).await;
        has(&bot.inbox(&hugo).await.join("\n"), "You are a mentor in Pathways now");
        let record = bot.says(&hugo, "/mentor role record pathways").await;
        has(&record, "Declined by Ada Stone on");
        has(&record, "Approved by Ada Stone on");
        bot.says("ada", "/mentor program settings pathways smallest=2 largest=2 mentors=1").await;
        has(&bot.says("ada", "/mentor groups preview pathways").await, "Mentor: Hugo Fern");
    }

    /// Rows: D2, D14
    async fn of_several_things_that_wait_one_is_meant_by_its_number(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor program settings pathways new_mentors=apply").await, "saved");
        let hugo = bot.add("Hugo Fern", "Far Steel", "Europe/Berlin").await;
        bot.says(&hugo, "/mentor join pathways both").await;
        bot.press(&hugo, &accept()).await;
        bot.says(&hugo, "/mentor role apply pathways experience=Steel strengths=steel why=Joy hours=2").await;
        has(&bot.says(&hugo, HAND_IN).await, "Thank you");
        for line in ["/mentor role approve hugo", "/mentor role decline hugo Later"] {
            let several = bot.says("ada", line).await;
            has(&several, "Hugo Fern 1: application as a mentor in Pathways");
            has(&several, "Hugo Fern 2: credential ICF PCC in Pathways");
        }
        has(&bot.says("ada", "/mentor role approve \"hugo 3\"").await, "Nothing of theirs waits under that number.");
        has(&bot.says("ada", "/mentor role approve \"hugo 2\"").await, "you have checked Hugo Fern's credential ICF PCC");
        has(&bot.says("ada", "/mentor role decline \"Hugo Fern 1\" Later").await, "Declined. I tell Hugo Fern");
        has(&bot.says("ada", "/mentor role waiting pathways").await, "Nothing that somebody handed in waits");
    }

    /// Rows: D14
    async fn who_takes_part_and_applies_takes_part_at_once_and_staff_may_still_grant(engine) {
        let mut bot = Bot::small(engine).await;
        has(&bot.says("ada", "/mentor program settings pathways new_mentors=apply").await, "saved");
        let hugo = bot.add("Hugo Fern", "Far Steel", "Europe/Berlin").await;
        bot.says(&hugo, "/mentor join pathways both").await;
        has(&bot.press(&hugo, &accept()).await, "You take part in Pathways from now on.");
        let roles = "SELECT r.role FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = 'Hugo Fern' ORDER BY r.role";
        assert_eq!(bot.texts(roles, &[]).await, ["participant"]);
        bot.says(&hugo, "/mentor role apply pathways experience=Steel strengths=steel why=Joy hours=2").await;
        has(&bot.says("ada", "/mentor role grant mentor hugo pathways").await, "Hugo Fern is now a mentor");
        assert_eq!(bot.texts(roles, &[]).await, ["mentor", "participant"]);
        has(&bot.says("ada", "/mentor role waiting pathways").await, "Nothing that somebody handed in waits");
        // Where mentors join by themselves, nothing stands between them and the programme.
        bot.says("ada", "/mentor program settings pathways new_mentors=join").await;
        let ines = bot.add("Ines Vale", "Green Works", "Europe/Berlin").await;
        bot.join(&ines, "mentor").await;
        assert_eq!(bot.number("SELECT count(*) FROM roles r JOIN persons p ON p.id = r.person_id WHERE p.name = 'Ines Vale' AND r.role = 'mentor'", &[]).await, 1);
    }

    /// Rows: D7, D8
    async fn the_first_question_leads_to_a_mentor_a_coach_or_peers_and_says_why(engine) {
        let mut bot = two_pairs(engine).await;
        let fina = bot.add("Fina Vale", "Green Works", "Europe/Berlin").await;
        bot.says(&fina, "/mentor join pathways participant").await;
        has(&bot.press(&fina, &accept()).await, "First of all: what are you looking for?");
        let guided = bot.press(&fina, "Guidance in my present role").await;
        has(&guided, "Close guidance in the role you hold now is best given by a mentor: somebody who has held the job");
        let needs = "SELECT need FROM persons WHERE name = 'Fina Vale'";
        assert_eq!(bot.texts(needs, &[]).await, ["mentor"]);
        let coached = bot.press(&fina, "Doing better at a new challenge").await;
        has(&coached, "is what a coach is for: somebody trained to ask");
        has(&coached, "Nobody is called a coach in Pathways yet");
        assert_eq!(bot.texts(needs, &[]).await, ["coach"]);
        has(&bot.says(&fina, "/mentor wish for").await, "At present groups are formed so that you have a coach.");
        has(&bot.says(&fina, "/mentor wish for peers").await, "Others in your position are your peers");
        has(&bot.says(&fina, "/mentor wish for money").await, "money");
        has(&bot.says(&fina, "/mentor leave pathways yes").await, "You have left");
        // Formation uses the answer: with a coach among the mentors, whoever looks for one sits there.
        bot.says("hugo", &HAND_IN.replace("2027-06-30", "2029-06-30")).await;
        bot.says("ada", "/mentor role approve hugo").await;
        bot.says("ada", "/mentor role grant coach hugo pathways").await;
        let coached = bot.says("ben", "/mentor wish for performance").await;
        lacks(&coached, "Nobody is called a coach");
        let plan = weigh(&mut bot, &format!("weights=\"{ONLY}, credentials 500\"")).await;
        assert!(together(&plan, "Hugo Fern", "Ben Brook"), "{plan}");
        bot.says("ben", "/mentor wish for guidance").await;
        bot.says("eva", "/mentor wish for performance").await;
        let plan = weigh(&mut bot, "weights=\"credentials 400\"").await;
        assert!(together(&plan, "Hugo Fern", "Eva Lind"), "{plan}");
    }
}
