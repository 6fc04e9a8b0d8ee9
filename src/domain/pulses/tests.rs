//! Rules of waves and of what may be shown.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn form(id: FormId) -> PulseForm {
    let item = |id: &str, domain| Item {
        id: id.to_owned(),
        domain,
        text: "How was it?".to_owned(),
        scale: ["Bad", "Poor", "Fair", "Good", "Great"].map(str::to_owned).to_vec(),
        baseline: false,
    };
    PulseForm {
        id,
        intro: "Hello.".to_owned(),
        items: vec![item("p1", ItemDomain::Process), item("p2", ItemDomain::Results)],
        recommend: Recommend { text: "How likely?".into(), low: "Not".into(), high: "Very".into() },
        open: vec![OpenQuestion { id: "o1".into(), text: "What?".into(), max_chars: 20 }],
    }
}

fn scores(item: &str, scores: &[u8]) -> Vec<AnswerRow> {
    scores.iter().map(|s| AnswerRow { item: item.to_owned(), score: Some(*s), text: None }).collect()
}

fn comments(n: usize) -> Vec<AnswerRow> {
    (0..n).map(|i| AnswerRow { item: "o1".into(), score: None, text: Some(format!("comment {i}")) }).collect()
}

fn shown(answers: &[AnswerRow], answered: u32) -> ResultTables {
    tables(
        &form(FormId::Participant),
        answers,
        Asked { invited: answered, answered },
        Thresholds::default(),
        7,
    )
}

#[test]
fn a_calendar_year_gets_a_wave_mid_year_and_one_before_the_holidays() {
    let waves = plan_waves(date(2026, 1, 1), date(2026, 12, 31), 2, &[]).unwrap();
    assert_eq!(waves.len(), 2);
    assert_eq!((waves[0].opens_on, waves[0].closes_on), (date(2026, 6, 18), date(2026, 7, 1)));
    assert_eq!((waves[1].opens_on, waves[1].closes_on), (date(2026, 12, 3), date(2026, 12, 16)));
    assert_eq!(reminder_days(&waves[1]), [date(2026, 12, 8), date(2026, 12, 14)]);
    assert_eq!(warning_days(&waves[1]), [date(2026, 10, 4), date(2026, 11, 3)]);
    assert!(waves[1].words().contains("can open on 2026-12-03 at the latest"));
}

#[test]
fn nine_months_still_have_two_waves() {
    let waves = plan_waves(date(2026, 2, 1), date(2026, 10, 31), 2, &[]).unwrap();
    assert_eq!(waves.len(), 2);
    assert_eq!(waves[1].closes_on, date(2026, 10, 31));
}

#[test]
fn one_wave_a_year_is_refused_and_the_message_says_what_to_set() {
    let fault = plan_waves(date(2026, 1, 1), date(2026, 12, 31), 1, &[]).unwrap_err();
    assert_eq!(fault, WaveFault::TooFew { asked: 1 });
    assert!(fault.to_string().contains("Please set the pulses per year to 2 or 3"));
    let many = plan_waves(date(2026, 1, 1), date(2026, 12, 31), 4, &[]).unwrap_err();
    assert_eq!(many, WaveFault::TooMany { asked: 4 });
}

#[test]
fn three_months_are_too_short_and_the_message_names_the_first_end_that_works() {
    let start = date(2026, 2, 1);
    let Err(WaveFault::TooShort { until, .. }) = plan_waves(start, date(2026, 4, 30), 2, &[]) else {
        panic!("three months hold no two waves");
    };
    assert!(plan_waves(start, until, 2, &[]).is_ok());
    assert!(plan_waves(start, until.yesterday().unwrap(), 2, &[]).is_err());
    assert!(matches!(plan_waves(start, date(2026, 1, 1), 2, &[]), Err(WaveFault::EndsBeforeStart { .. })));
}

#[test]
fn a_freeze_moves_a_wave_earlier_and_an_endless_one_is_refused() {
    let summer = [(date(2026, 6, 25), date(2026, 8, 31))];
    let waves = plan_waves(date(2026, 1, 1), date(2026, 12, 31), 2, &summer).unwrap();
    assert_eq!(waves[0].closes_on, date(2026, 6, 24));
    let endless = [(date(2025, 1, 1), date(2027, 12, 31))];
    assert!(matches!(
        plan_waves(date(2026, 1, 1), date(2026, 12, 31), 2, &endless),
        Err(WaveFault::NoRoom { number: 2, waves: 2 })
    ));
    let backwards = [(date(2026, 5, 2), date(2026, 5, 1))];
    assert!(matches!(
        plan_waves(date(2026, 1, 1), date(2026, 12, 31), 2, &backwards),
        Err(WaveFault::FreezeBackwards { .. })
    ));
}

#[test]
fn without_a_freeze_six_months_or_more_always_have_a_plan_whatever_day_they_start_on() {
    for day in 0..366 {
        let start = date(2027, 1, 1).saturating_add(day.days());
        for length in (183..800).step_by(7) {
            let end = start.saturating_add((length - 1).days());
            for per_year in [2, 3] {
                let plan = plan_waves(start, end, per_year, &[]);
                assert!(plan.is_ok(), "{start} for {length} days: {plan:?}");
            }
        }
    }
}

fn any_start() -> impl Strategy<Value = Date> {
    (0i32..1500).prop_map(|days| date(2025, 1, 1).saturating_add(days.days()))
}

proptest! {
    #[test]
    fn plans_keep_every_rule(
        start in any_start(), days in 100i32..1500, per_year in 2u32..=3,
        freezes in prop::collection::vec((0i32..1500, 1i32..60), 0..3),
    ) {
        let end = start.saturating_add(days.days());
        let freeze: Vec<(Date, Date)> = freezes.iter().map(|(from, long)| {
            let from = start.saturating_add(from.days());
            (from, from.saturating_add(long.days()))
        }).collect();
        let waves = match plan_waves(start, end, per_year, &freeze) {
            Ok(waves) => waves,
            Err(fault) => {
                // Without a freeze a programme of six months or more always has a plan.
                prop_assert!(!freeze.is_empty() || days < 183, "{fault}");
                return Ok(());
            }
        };
        prop_assert!(waves.len() >= 2);
        for wave in &waves {
            prop_assert!(wave.opens_on >= start && wave.closes_on <= end);
            prop_assert_eq!(wave.opens_on.saturating_add(13.days()), wave.closes_on);
            prop_assert!(!is_year_end(wave.opens_on) && !is_year_end(wave.closes_on));
            prop_assert!(freeze.iter().all(|(from, to)| *to < wave.opens_on || wave.closes_on < *from));
            prop_assert!(wave.opens_on <= wave.open_no_later_than);
            prop_assert!(reminder_days(wave).iter().all(|day| *day > wave.opens_on && *day < wave.closes_on));
        }
        for pair in waves.windows(2) {
            prop_assert!(pair[0].opens_on.until(pair[1].opens_on).unwrap().get_days() >= MIN_DAYS_APART);
            prop_assert_eq!(pair[0].number + 1, pair[1].number);
        }
        for year in 0..4 {
            let (from, to) = (start.saturating_add(year.years()), start.saturating_add((year + 1).years()));
            let full = end.tomorrow().unwrap() >= to;
            let inside = waves.iter().filter(|w| from <= w.opens_on && w.opens_on < to).count();
            prop_assert!(!full || inside >= 2);
        }
    }

    #[test]
    fn fewer_than_five_answers_are_never_shown(
        p1 in prop::collection::vec(1u8..=5, 0..30), rec in prop::collection::vec(0u8..=10, 0..30),
        texts in 0usize..30, answered in 0u32..30, thresholds in (0u32..12, 0u32..20),
    ) {
        let mut answers = scores("p1", &p1);
        answers.extend(scores("rec", &rec));
        answers.extend(comments(texts));
        let limits = Thresholds::at_least(thresholds.0, thresholds.1);
        let made = tables(&form(FormId::Participant), &answers, Asked { invited: 30, answered }, limits, 1);
        for (item, given) in made.items.iter().zip([p1.len(), 0]) {
            let few = given < 5 || answered < 5;
            prop_assert!(!few || item.cell == Cell::TooFew);
            prop_assert!(!few || item.words() == "too few answers to show");
        }
        if rec.len() < 5 || answered < 5 {
            prop_assert_eq!(&made.recommend, &Cell::TooFew);
        }
        if let Some(shown) = made.recommend.shown() {
            prop_assert_eq!(shown.score.is_some(), rec.len() >= 10 && answered >= 10);
        }
        prop_assert!(answered >= 10 || made.texts[0].cell == Cell::TooFew);
    }

    #[test]
    fn a_small_set_never_proves_that_everybody_or_nobody_chose_a_label(
        p1 in prop::collection::vec(1u8..=5, 5..10), same in prop::option::of(1u8..=5),
    ) {
        let p1: Vec<u8> = p1.iter().map(|score| same.unwrap_or(*score)).collect();
        let n = u32::try_from(p1.len()).unwrap();
        let made = shown(&scores("p1", &p1), n);
        let figures = made.items[0].cell.shown().unwrap();
        let exact = |level: &Level| if let Level::Exact(count) = level { Some(*count) } else { None };
        for count in figures.labels.iter().flatten().map(|one| &one.level).chain([&figures.favourable]).filter_map(exact) {
            prop_assert!(count >= 2 && count + 2 <= n);
        }
        if let Some(labels) = &figures.labels {
            let known: Vec<u32> = labels.iter().filter_map(|one| exact(&one.level)).collect();
            prop_assert!(known.len() == labels.len() || known.iter().sum::<u32>() < n);
        }
        if same.is_some() {
            prop_assert!(figures.labels.is_none() && figures.mean.is_none() && figures.interval.is_none());
        }
    }

    #[test]
    fn intervals_hold_their_share_and_stay_in_range(k in 0u32..200, more in 0u32..200) {
        let n = k + more + 1;
        let (low, high) = wilson(k, n);
        let share = f64::from(k) / f64::from(n);
        prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high));
        prop_assert!(low <= share + 1e-9 && share <= high + 1e-9);
    }

    #[test]
    fn hidden_parts_cannot_be_found_by_subtraction(counts in prop::collection::vec(0u32..20, 0..8)) {
        let parts = shown_parts(&counts, 5);
        let hidden: u32 = counts.iter().zip(&parts).filter(|(_, shown)| !**shown).map(|(c, _)| *c).sum();
        let everything_hidden = parts.iter().all(|shown| !shown);
        prop_assert!(hidden == 0 || hidden >= 5 || everything_hidden);
        prop_assert!(counts.iter().zip(&parts).all(|(count, shown)| !shown || *count >= 5));
    }
}

#[test]
fn the_intervals_are_those_of_the_published_tables() {
    let whole = |(low, high): (f64, f64)| (format!("{low:.0}"), format!("{high:.0}"));
    let percent = |(low, high): (f64, f64)| whole((low * 100.0, high * 100.0));
    let pair = |low: &str, high: &str| (low.to_owned(), high.to_owned());
    assert_eq!(percent(wilson(4, 5)), pair("38", "96"));
    assert_eq!(percent(wilson(15, 20)), pair("53", "89"));
    assert_eq!(percent(wilson(60, 80)), pair("65", "83"));
    assert_eq!(whole(adjusted_wald(3, 1, 5)), pair("-30", "80"));
    assert_eq!(whole(adjusted_wald(10, 3, 20)), pair("0", "60"));
    assert_eq!(whole(adjusted_wald(40, 12, 80)), pair("18", "49"));
}

#[test]
fn ten_answers_show_counts_mean_and_score() {
    let mut answers = scores("p1", &[5, 5, 4, 4, 4, 4, 4, 4, 3, 1]);
    answers.extend(scores("rec", &[10, 9, 9, 9, 9, 8, 7, 7, 6, 0]));
    let made = shown(&answers, 10);
    let figures = made.items[0].cell.shown().unwrap();
    assert_eq!(figures.favourable, Level::Exact(8));
    assert_eq!(figures.words(), "████████░░ 8 of 10 said \"Good\" or \"Great\" (likely between 49 and 94 %)");
    assert!((figures.mean.unwrap() - 3.8).abs() < 1e-9);
    assert_eq!(figures.label_lines()[1], "Poor: ░░░░░░░░░░ 0 of 10");
    let score = made.recommend.shown().unwrap().score.unwrap();
    assert!((score.value - 30.0).abs() < 1e-9);
    assert_eq!(made.response.words(), "100 % of the people invited have answered");
}

#[test]
fn seven_happy_people_are_nearly_all_and_have_no_score() {
    let mut answers = scores("p1", &[5; 7]);
    answers.extend(scores("rec", &[10, 10, 9, 9, 8, 7, 3]));
    let made = shown(&answers, 7);
    assert_eq!(made.items[0].words(), "nearly all said \"Good\" or \"Great\"");
    let recommendation = made.recommend.shown().unwrap();
    assert_eq!(recommendation.split, Some([Level::Exact(4), Level::Exact(2), Level::NearlyNone]));
    assert!(recommendation.words().ends_with("There are too few answers for a score."));
}

#[test]
fn comments_are_shuffled_by_the_seed_and_all_there() {
    let given = comments(12);
    let order = |seed| {
        let asked = Asked { invited: 12, answered: 12 };
        let made = tables(&form(FormId::Participant), &given, asked, Thresholds::default(), seed);
        made.texts[0].cell.shown().unwrap().clone()
    };
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    let mut sorted = order(3);
    sorted.sort();
    let mut all: Vec<String> = given.iter().filter_map(|row| row.text.clone()).collect();
    all.sort();
    assert_eq!(sorted, all);
}

#[test]
fn the_named_sponsor_form_shows_single_answers_but_no_score() {
    let mut answers = scores("p1", &[4, 2]);
    answers.extend(scores("rec", &[9, 3]));
    let asked = Asked { invited: 2, answered: 2 };
    let made = tables(&form(FormId::Sponsor), &answers, asked, Thresholds::default(), 1);
    assert_eq!(made.items[0].cell.shown().unwrap().favourable, Level::Exact(1));
    assert_eq!(made.recommend.shown().unwrap().score, None);
    assert_eq!(made.response, Response::TooFewInvited);
}

#[test]
fn thresholds_go_up_and_never_down() {
    assert_eq!(Thresholds::at_least(1, 1), Thresholds::default());
    let strict = Thresholds::at_least(8, 15);
    assert_eq!((strict.scores(), strict.texts()), (8, 15));
}

#[test]
fn answers_are_read_by_label_or_number_and_refused_with_a_way_out() {
    let form = form(FormId::Participant);
    assert_eq!(form.read("p1", " great "), Ok(Answer::Score(5)));
    assert_eq!(form.read("p1", "1"), Ok(Answer::Score(1)));
    assert_eq!(form.read("p1", "I cannot say"), Ok(Answer::CannotSay));
    assert_eq!(form.read("rec", "0"), Ok(Answer::Likelihood(0)));
    assert_eq!(form.read("o1", "More time"), Ok(Answer::Text("More time".into())));
    assert_eq!(form.read("o1", "  "), Ok(Answer::CannotSay));
    assert_eq!(Answer::CannotSay.row("p1"), None);
    for (question, typed) in
        [("p1", "6"), ("p1", "0"), ("rec", "11"), ("o1", "much too long a comment"), ("x", "1")]
    {
        let words = form.read(question, typed).unwrap_err().to_string();
        assert!(words.contains("Please"), "{words}");
    }
}

#[test]
fn a_bar_has_ten_blocks_and_never_hides_a_single_answer() {
    assert_eq!(bar(8, 10), "████████░░ 8 of 10");
    assert_eq!(bar(1, 80), "█░░░░░░░░░ 1 of 80");
    assert_eq!(bar(0, 0), "░░░░░░░░░░ 0 of 0");
}
