//! The limiter against a server that counts strictly, in virtual time.

use std::collections::{BinaryHeap, VecDeque};

use super::*;
use std::cmp::Reverse;

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn post(workspace: &str, channel: &str) -> Lane {
    Lane::new(workspace, "chat.postMessage", Some(channel))
}

/// Slack, as it publishes its rates: so many calls in any minute, otherwise a refusal with `Retry-After`.
struct Server {
    most: usize,
    heard: VecDeque<Duration>,
    closed_until: Duration,
    refusals: Vec<Duration>,
    too_early: usize,
}

impl Server {
    const fn new(most: usize) -> Self {
        let zero = Duration::ZERO;
        Self { most, heard: VecDeque::new(), closed_until: zero, refusals: Vec::new(), too_early: 0 }
    }

    /// `Err` is `Retry-After`, in whole seconds.
    fn hear(&mut self, now: Duration) -> Result<(), Duration> {
        if now < self.closed_until {
            self.too_early += 1;
        }
        while self.heard.front().is_some_and(|first| *first + ms(60_000) <= now) {
            self.heard.pop_front();
        }
        if self.heard.len() < self.most {
            self.heard.push_back(now);
            return Ok(());
        }
        self.refusals.push(now);
        let wait = (self.heard[0] + ms(60_000)).saturating_sub(now).as_secs() + 1;
        self.closed_until = now + Duration::from_secs(wait);
        Err(Duration::from_secs(wait))
    }
}

struct Run {
    took: Duration,
    sent: Vec<u64>,
    asked: usize,
}

/// The core's dispatcher: up to 64 that are due, all asked at once, the next batch when all have been answered.
fn fan_out(limiter: &mut Limiter, server: &mut Server, messages: u64, overhead: Duration) -> Run {
    let mut queue: BinaryHeap<Reverse<(Duration, u64)>> =
        (0..messages).map(|n| Reverse((Duration::ZERO, n))).collect();
    let (mut now, mut sent, mut asked) = (Duration::ZERO, Vec::new(), 0);
    while let Some(Reverse((due, _))) = queue.peek() {
        now = now.max(*due);
        let mut batch = Vec::new();
        while batch.len() < 64 && queue.peek().is_some_and(|Reverse((due, _))| *due <= now) {
            batch.extend(queue.pop().map(|Reverse((_, n))| n));
        }
        let mut leaving: Vec<(Duration, u64)> = Vec::new();
        for n in batch {
            asked += 1;
            match limiter.ask(now, &post("T1", &format!("D{n}")), Urgency::Bulk, n) {
                Verdict::Go(at) => leaving.push((at, n)),
                // The core comes again a second later at the earliest.
                Verdict::Later(at) => queue.push(Reverse((at.max(now + ms(1_000)), n))),
            }
        }
        leaving.sort_unstable();
        let end = leaving.last().map_or(now, |(at, _)| *at);
        for (at, n) in leaving {
            let lane = post("T1", &format!("D{n}"));
            if limiter.paused_until(&lane) > at {
                // What the gate does: the slot is void, and the call asks again.
                queue.push(Reverse((limiter.paused_until(&lane), n)));
                continue;
            }
            match server.hear(at) {
                Ok(()) => sent.push(n),
                Err(said) => queue.push(Reverse((limiter.pause(at, &lane, Some(said), n), n))),
            }
        }
        now = end + overhead;
    }
    Run { took: now, sent, asked }
}

#[test]
fn five_thousand_direct_messages_use_the_permitted_rate_and_meet_no_refusal() {
    for overhead in [ms(5), ms(60), ms(400)] {
        let mut limiter = Limiter::new(Rates::PUBLISHED);
        let mut server = Server::new(300);
        let run = fan_out(&mut limiter, &mut server, 5_000, overhead);
        let rate = 5_000.0 / run.took.as_secs_f64() * 60.0;
        assert!(server.refusals.is_empty(), "{overhead:?}");
        assert!(rate >= 0.95 * 300.0, "{rate:.1} a minute with {overhead:?} between batches");
        let mut all = run.sent.clone();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..5_000), "each once");
        // Being told when to come is worth it only if one then gets through.
        assert!(run.asked <= 3 * 5_000, "{} questions with {overhead:?}", run.asked);
    }
}

#[test]
fn a_stand_in_that_allows_more_is_used_as_far() {
    let mut limiter = Limiter::new(Rates::hastened(20));
    let mut server = Server::new(6_000);
    let run = fan_out(&mut limiter, &mut server, 30_000, ms(50));
    let rate = 30_000.0 / run.took.as_secs_f64() * 60.0;
    assert!(server.refusals.is_empty());
    assert!(rate >= 0.95 * 6_000.0, "{rate:.1} a minute");
}

#[test]
fn a_server_that_is_stricter_than_it_says_is_obeyed_after_a_few_refusals() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    let mut server = Server::new(200);
    let run = fan_out(&mut limiter, &mut server, 3_000, ms(60));
    assert_eq!(run.sent.len(), 3_000);
    assert_eq!(server.too_early, 0, "nothing was sent within a Retry-After");
    assert!((1..=10).contains(&server.refusals.len()), "{:?}", server.refusals);
    assert!(
        run.asked <= 4 * 3_000,
        "{} questions: who was held by a pause comes again spread out",
        run.asked
    );
}

#[test]
fn messages_leave_in_the_order_in_which_they_came_give_or_take_a_batch() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    let run = fan_out(&mut limiter, &mut Server::new(300), 2_000, ms(20));
    let furthest = run.sent.iter().zip(0_u64..).map(|(n, place)| n.abs_diff(place)).max().unwrap_or(0);
    assert!(furthest <= 128, "{furthest} places");
}

#[test]
fn a_reply_goes_at_once_and_a_room_post_soon_while_thousands_wait() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    for n in 0..3_000 {
        limiter.ask(ms(n), &post("T1", &format!("D{n}")), Urgency::Bulk, n);
    }
    let now = ms(3_000);
    assert_eq!(limiter.ask(now, &post("T1", "D9001"), Urgency::Reply, 9_001), Verdict::Go(now));
    let Verdict::Go(at) = limiter.ask(now, &post("T1", "C1"), Urgency::Ordinary, 9_002) else {
        panic!("a room does not stand in line")
    };
    assert!(at <= now + LONGEST_WAIT);
    let Verdict::Later(_) = limiter.ask(now, &post("T1", "D9003"), Urgency::Bulk, 9_003) else {
        panic!("bulk stands in line")
    };
}

#[test]
fn who_was_sent_away_goes_before_who_comes_later() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    let mut first_away = None;
    for n in 0..40 {
        if let Verdict::Later(at) = limiter.ask(ms(0), &post("T1", &format!("D{n}")), Urgency::Bulk, n) {
            first_away.get_or_insert((n, at));
        }
    }
    let (first, place) = first_away.expect("forty are more than fit into two seconds");
    let late = limiter.ask(place, &post("T1", "D99"), Urgency::Bulk, 99);
    let again = limiter.ask(place, &post("T1", &format!("D{first}")), Urgency::Bulk, first);
    let Verdict::Go(at) = again else { panic!("{again:?}") };
    assert!(at <= place + ms(1_100), "{at:?} for {place:?}");
    let at_of_late = match late {
        Verdict::Go(at) | Verdict::Later(at) => at,
    };
    assert!(at_of_late > at, "{late:?} against {again:?}");
}

#[test]
fn one_conversation_gets_one_message_a_second_and_holds_up_no_other() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    let told: Vec<Verdict> =
        (0..6).map(|n| limiter.ask(ms(0), &post("T1", "C1"), Urgency::Ordinary, n)).collect();
    assert_eq!(told[..3], [Verdict::Go(ms(0)); 3], "a burst of three");
    assert_eq!(told[3..5], [Verdict::Go(ms(1_000)), Verdict::Go(ms(2_000))]);
    assert!(matches!(told[5], Verdict::Later(at) if at == ms(3_000)), "{told:?}");
    assert_eq!(limiter.ask(ms(300), &post("T1", "C2"), Urgency::Ordinary, 9), Verdict::Go(ms(300)));
}

#[test]
fn a_pause_holds_its_own_bucket_and_no_other() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    let paused = post("T1", "C1");
    let end = limiter.pause(ms(0), &paused, Some(Duration::from_secs(30)), 1);
    assert!(end >= ms(30_000));
    assert!(matches!(limiter.ask(ms(10), &post("T1", "C2"), Urgency::Reply, 2), Verdict::Later(_)));
    assert_eq!(limiter.ask(ms(10), &post("T2", "C1"), Urgency::Bulk, 3), Verdict::Go(ms(10)));
    let update = Lane::new("T1", "chat.update", Some("C1"));
    assert_eq!(limiter.ask(ms(10), &update, Urgency::Ordinary, 4), Verdict::Go(ms(10)));
    assert_eq!(limiter.ask(end, &paused, Urgency::Ordinary, 1), Verdict::Go(end));
    let Verdict::Go(next) = limiter.ask(end, &post("T1", "C2"), Urgency::Ordinary, 2) else { panic!() };
    assert!(next > end, "no burst after a pause");
}

#[test]
fn a_slot_that_is_given_back_can_be_had_again() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    let lane = post("T1", "C1");
    let ask = |limiter: &mut Limiter, n| limiter.ask(ms(0), &lane, Urgency::Ordinary, n);
    for n in 0..3 {
        ask(&mut limiter, n);
    }
    assert_eq!(ask(&mut limiter, 3), Verdict::Go(ms(1_000)));
    limiter.give_back(&lane);
    assert_eq!(ask(&mut limiter, 4), Verdict::Go(ms(1_000)));
}

#[test]
fn a_line_that_nobody_comes_from_is_dropped() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    for n in 0..3_000 {
        limiter.ask(ms(0), &post("T1", &format!("D{n}")), Urgency::Bulk, n);
    }
    let soon = limiter.ask(ms(10_000), &post("T1", "D9001"), Urgency::Bulk, 9_001);
    assert!(matches!(soon, Verdict::Later(_)), "they may still come: {soon:?}");
    let later = ms(45_000);
    assert_eq!(limiter.ask(later, &post("T1", "D9002"), Urgency::Bulk, 9_002), Verdict::Go(later));
}

#[test]
fn nothing_is_kept_of_conversations_that_are_quiet() {
    let mut limiter = Limiter::new(Rates::PUBLISHED);
    for n in 0..500 {
        limiter.ask(ms(n * 300), &post("T1", &format!("C{n}")), Urgency::Ordinary, n);
    }
    limiter.ask(ms(1_000_000), &post("T1", "C1"), Urgency::Ordinary, 1);
    assert!(limiter.buckets.len() <= 2, "{}", limiter.buckets.len());
}
