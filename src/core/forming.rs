//! A search for groups that goes on while everybody else is served: it takes no writer until its end, shows how far it
//! is in one message that is edited in place, and can be asked to end with the best it has.
//!
//! Invariant: the proposal is kept once, in one transaction, unless another search for the program was begun meanwhile.
//! What is shown on the way is no debt: lost, it is not sent again. That the proposal is there is owed like any news.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant as Monotonic;

use super::Core;
use super::handlers::{Inputs, Made, keep};
use super::owe::{Debt, To};
use super::request::Failure;
use super::views::{forming, proposals, refusals, repairs};
use crate::chat::messenger::{Outcome, Place};
use crate::chat::{Message, Messenger};
use crate::domain::formation::{Budget, Progress, Setup, Watch, form_with, repair};
use crate::domain::ids::PersonId;
use crate::domain::words::NudgeKind;
use crate::store::StoreError;
use crate::store::people::{Person, Reach};
use crate::store::plans::PlanRow;
use crate::store::programs::Program;
use crate::store::sheets::Search;

/// How often a search gives a sign of life, looks whether it should end, and shows how far it is.
const BEAT: Duration = Duration::from_secs(2);

/// What is searched for.
pub(super) struct Order {
    pub(super) program: Program,
    pub(super) by: PersonId,
    pub(super) inputs: Inputs,
    pub(super) seed: u64,
    /// The proposal that was there before.
    pub(super) old: Option<PlanRow>,
    pub(super) people: BTreeMap<String, Person>,
}

/// What came of it.
pub(super) struct Formed {
    pub(super) inputs: Inputs,
    pub(super) made: Made,
    pub(super) people: BTreeMap<String, Person>,
}

/// Who waits for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// The request itself.
    Request,
    /// Somebody who was told that it takes longer.
    Away,
    /// Nobody: it is over.
    Done,
}

/// What the search and those around it know of each other.
struct Look {
    stop: AtomicBool,
    progress: Mutex<Option<Progress>>,
    audience: Mutex<Audience>,
}

impl Look {
    fn new() -> Arc<Self> {
        let (progress, audience) = (Mutex::new(None), Mutex::new(Audience::Request));
        Arc::new(Self { stop: AtomicBool::new(false), progress, audience })
    }

    fn stops(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn is_away(&self) -> bool {
        *self.audience.lock().unwrap_or_else(PoisonError::into_inner) == Audience::Away
    }

    /// Changes who waits unless it is over, and says who waited.
    fn turn(&self, to: Audience) -> Audience {
        let mut audience = self.audience.lock().unwrap_or_else(PoisonError::into_inner);
        let was = *audience;
        if was != Audience::Done {
            *audience = to;
        }
        was
    }
}

impl Watch for Look {
    fn stop(&self) -> bool {
        self.stops()
    }

    fn progress(&self, progress: Progress) {
        *self.progress.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress);
    }
}

impl Core {
    /// Begins a search, the only one for its program from now on, and names it.
    pub(super) async fn begin_search(&self, program: &Program) -> Result<String, StoreError> {
        let id = self.next_id();
        let mut tx = self.store().begin().await?;
        let search = Search { program_id: program.id.clone(), id: id.clone(), seen_at: self.now(), stop: 0 };
        tx.insert_search(&search).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Searches; none when it takes longer than a request should wait. Then the one who asked is shown how far it is.
    pub(super) async fn search(&self, id: String, order: Order) -> Result<Option<Formed>, Failure> {
        let look = Look::new();
        let search = Running { core: self.clone(), id, look: look.clone(), began: Monotonic::now() };
        let mut running = tokio::spawn(search.run(order));
        let ended = match tokio::time::timeout(self.patience, &mut running).await {
            Ok(ended) => ended,
            Err(_) if look.turn(Audience::Away) == Audience::Done => running.await,
            Err(_) => return Ok(None),
        };
        ended.unwrap_or_else(|_| Err(refusals::try_again().into())).map(Some)
    }
}

/// A search under way.
struct Running {
    core: Core,
    id: String,
    look: Arc<Look>,
    began: Monotonic,
}

/// The message that shows how far a search is.
struct Shown {
    messenger: Arc<dyn Messenger>,
    workspace: String,
    place: Place,
    remote_id: String,
}

impl Running {
    async fn run(self, order: Order) -> Result<Formed, Failure> {
        let Order { program, by, inputs, seed, old, people } = order;
        let look = self.look.clone();
        let mut solving = tokio::task::spawn_blocking(move || solve(inputs, seed, &look));
        let mut shown = None;
        let solved = loop {
            match tokio::time::timeout(BEAT, &mut solving).await {
                Ok(solved) => break solved,
                Err(_) => self.beat(&program, &by, &mut shown).await,
            }
        };
        let kept = match solved {
            Ok((inputs, Ok(made))) if inputs.is_unchanged(&made.plan) => Ok(Formed { inputs, made, people }),
            Ok((inputs, Ok(made))) => {
                let kept = keep(&self.core, (&program, &by), old, (&inputs, &made, &people), &self.id).await;
                kept.map(|()| Formed { inputs, made, people })
            }
            Ok((_, Err(why))) => {
                let name =
                    |id: &str| people.get(id).map_or_else(|| "somebody".to_owned(), |p| p.name.clone());
                Err(proposals::infeasible(&program, &why, &name).into())
            }
            Err(_) => Err(refusals::try_again().into()),
        };
        self.forget().await;
        if self.look.turn(Audience::Done) == Audience::Away {
            self.tell(&program, &by, shown, &kept).await;
        }
        kept
    }

    /// A sign of life. A fault of the database now is no reason to give the search up.
    async fn beat(&self, program: &Program, by: &PersonId, shown: &mut Option<Shown>) {
        if let Ok(false) = self.seen(program).await {
            self.look.stop.store(true, Ordering::Relaxed);
        }
        let progress = *self.look.progress.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.look.is_away() {
            return;
        }
        let message = forming::progress(program, progress, self.began.elapsed(), self.look.stops());
        match shown {
            None => *shown = self.show(program, by, &message).await,
            Some(shown) => {
                let Shown { messenger, workspace, place, remote_id } = shown;
                messenger.update(workspace, place, remote_id, &message).await;
            }
        }
    }

    /// Whether the search should go on.
    async fn seen(&self, program: &Program) -> Result<bool, StoreError> {
        let mut tx = self.core.store().begin().await?;
        let ours = tx.mark_search_seen(&self.id, self.core.now()).await?;
        let stop = tx.find_search(&program.id).await?.is_some_and(|search| search.stop == 1);
        tx.commit().await?;
        Ok(ours && !stop)
    }

    async fn forget(&self) {
        if let Ok(mut tx) = self.core.store().begin().await
            && tx.delete_search(&self.id).await.is_ok()
        {
            let _ = tx.commit().await;
        }
    }

    async fn show(&self, program: &Program, by: &PersonId, message: &Message) -> Option<Shown> {
        let mut tx = self.core.store().read().await.ok()?;
        let (_, reach) = tx.find_recipient(by, Some(&program.id)).await.ok()??;
        drop(tx);
        let Reach { platform, workspace, account, .. } = reach;
        let messenger = self.core.messengers.get(&platform)?.clone();
        let place = Place::Direct(account);
        let marker: String = self.id.chars().take(25).collect();
        match messenger.send(&workspace, &place, &marker, message).await {
            Outcome::Sent { remote_id } => Some(Shown { messenger, workspace, place, remote_id }),
            _ => None,
        }
    }

    /// Says what came of it in the message that showed how far it was; where there is none, it is owed as news.
    async fn tell(
        &self,
        program: &Program,
        by: &PersonId,
        shown: Option<Shown>,
        kept: &Result<Formed, Failure>,
    ) {
        let message = match kept {
            Ok(Formed { inputs, made, people }) if inputs.is_unchanged(&made.plan) => {
                repairs::nothing_to_repair(program, &made.plan, people)
            }
            Ok(Formed { inputs, made, .. }) => {
                let what = (&made.plan, inputs.purpose());
                forming::done(program, what, inputs.stopped, self.began.elapsed())
            }
            Err(Failure::Refused(message)) => (**message).clone(),
            Err(Failure::Fault(_)) => refusals::try_again(),
        };
        if let Some(Shown { messenger, workspace, place, remote_id }) = shown
            && let Outcome::Sent { .. } = messenger.update(&workspace, &place, &remote_id, &message).await
        {
            return;
        }
        let now = self.core.now();
        let debt = Debt {
            kind: NudgeKind::StaffNotice,
            program: Some(&program.id),
            subject: program.id.as_str(),
            to: To::Person(by.clone()),
            slot: &self.id,
            note: &forming::news(program, kept.is_ok()).to_note(),
            due: now,
            not_after: now.plus_days(1),
        };
        if let Ok(mut tx) = self.core.store().begin().await
            && self.core.owe(&mut tx, debt).await.is_ok()
            && tx.commit().await.is_ok()
        {
            self.core.wake_up();
        }
    }
}

type Solved = (Inputs, Result<Made, crate::domain::formation::Infeasible>);

/// The work of a core for a while, away from the async threads.
fn solve(mut inputs: Inputs, seed: u64, look: &Look) -> Solved {
    let budget = Budget::for_people(inputs.problem.people.len());
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let setup = Setup { seed, budget, threads, watch: look };
    let problem = &inputs.problem;
    let made = match &inputs.before {
        None => form_with(problem, &setup).map(|plan| Made::of(problem, plan)),
        Some(before) => repair(problem, before, &setup).map(|repaired| Made::repaired(problem, repaired)),
    };
    inputs.stopped = look.stops();
    (inputs, made)
}
