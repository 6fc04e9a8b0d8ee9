//! `Core::handle`: from a request to a reply. The delivery is recorded in the transaction of its effects; a refusal
//! changes nothing; a fault is logged once under a reference that the person can quote.

use std::collections::BTreeMap;

use super::access::Standing;
use super::command::ROOT;
use super::ctx::Ctx;
use super::parse::{self, Invocation, Unread};
use super::request::{Failure, Input, Reply, Request, Told};
use super::views::refusals;
use super::{Core, handlers};
use crate::domain::civil::Instant;
use crate::domain::text::tidy;
use crate::domain::words::Presence;
use crate::store::people::{Account, Person};
use crate::store::workspaces::Workspace;
use crate::store::{StoreError, Tx};

/// Further tries after a collision.
const RETRIES: usize = 2;

impl Core {
    /// Carries out a request. Never fails: whatever happens, the person gets an answer.
    pub async fn handle(&self, request: Request) -> Reply {
        self.carry_out(request).await.reply
    }

    /// The same for whoever has to know whether it was carried out.
    pub async fn carry_out(&self, request: Request) -> Told {
        let mut outcome = self.try_handle(&request).await;
        for _ in 0..RETRIES {
            // Two first contacts at the same moment: one of them finds the other's rows on its second try.
            if !matches!(outcome, Err(Failure::Fault(StoreError::Constraint(_)))) {
                break;
            }
            outcome = self.try_handle(&request).await;
        }
        let taken = outcome.as_ref().is_ok_and(|reply| !matches!(reply, Reply::Form(_)));
        let reply = match outcome {
            Ok(reply) => reply,
            Err(Failure::Refused(message)) => Reply::Private(*message),
            Err(Failure::Fault(StoreError::Unavailable(why))) => {
                tracing::warn!(error.reason = %why, "core.unavailable");
                Reply::Private(refusals::try_again())
            }
            Err(Failure::Fault(error)) => {
                let reference = self.ids.random()[..8].to_owned();
                tracing::error!(error.reference = %reference, error.reason = %error, "core.fault");
                Reply::Private(refusals::fault(&reference))
            }
        };
        Told { reply, taken }
    }

    async fn try_handle(&self, request: &Request) -> Result<Reply, Failure> {
        let invocation = match &request.input {
            Input::Text(text) => parse::parse(without_root(text)),
            Input::Form { command, values } => parse::from_form(without_root(command), values),
        };
        let invocation = match invocation {
            Ok(invocation) => invocation,
            Err(unread) => return Err(refusals::unread(&unread).into()),
        };
        let reads = invocation.spec.reads;
        if reads && let Some(reply) = self.try_read(request, &invocation).await? {
            return Ok(reply);
        }
        let now = self.now();
        let mut tx = self.store.begin().await?;
        let workspace = self.known_workspace(&mut tx, request, now).await?;
        if let Some(earlier) = tx.find_delivery(&workspace.id, &request.delivery).await? {
            return Ok(serde_json::from_str(&earlier).unwrap_or(Reply::Silent));
        }
        let (account, me) = self.known_person(&mut tx, &workspace, &request.actor, now).await?;
        if reads {
            // Who spoke is known by now. What only reads may begin work that writes on its own, so it holds no writer.
            tx.commit().await?;
            self.wake_up();
            let reply = self.try_read(request, &invocation).await?;
            return Ok(reply.unwrap_or_else(|| Reply::Private(refusals::try_again())));
        }
        let mut ctx = self.context(tx, workspace, &account, me, request, now).await?;
        let reply = Self::run(&mut ctx, &invocation, matches!(request.input, Input::Form { .. })).await?;
        if matches!(reply, Reply::Form(_)) {
            // A form has no effect yet, and what was typed into it is nobody's business: nothing is kept.
            return Ok(reply);
        }
        let stored = serde_json::to_string(&reply).unwrap_or_default();
        let first = ctx.tx.insert_delivery(&ctx.workspace.id, &request.delivery, &stored, now).await?;
        if !first {
            // Another replica carried out the same delivery meanwhile: its effects stand, ours are undone.
            drop(ctx);
            return self.earlier_reply(request).await;
        }
        ctx.tx.commit().await?;
        self.wake_up();
        Ok(reply)
    }

    async fn earlier_reply(&self, request: &Request) -> Result<Reply, Failure> {
        let mut tx = self.store.read().await?;
        let workspace = tx.find_workspace(&request.platform, &request.workspace).await?;
        let Some(workspace) = workspace else { return Ok(Reply::Silent) };
        let earlier = tx.find_delivery(&workspace.id, &request.delivery).await?;
        Ok(earlier.and_then(|reply| serde_json::from_str(&reply).ok()).unwrap_or(Reply::Silent))
    }

    /// A command that only reads needs no writer; `None` when the person is not known yet.
    async fn try_read(&self, request: &Request, invocation: &Invocation) -> Result<Option<Reply>, Failure> {
        let mut tx = self.store.read().await?;
        let Some(workspace) = tx.find_workspace(&request.platform, &request.workspace).await? else {
            return Ok(None);
        };
        let Some(account) = tx.find_account(&workspace.id, &request.actor.external_id).await? else {
            return Ok(None);
        };
        if workspace.state == Presence::Gone || account.state == Presence::Gone {
            // Who speaks is there again, and that is written down.
            return Ok(None);
        }
        let me = tx.get_person(&account.person_id).await?;
        let mut ctx = self.context(tx, workspace, &account, me, request, self.now()).await?;
        Self::run(&mut ctx, invocation, matches!(request.input, Input::Form { .. })).await.map(Some)
    }

    async fn context<'a>(
        &'a self,
        mut tx: Tx,
        workspace: Workspace,
        account: &Account,
        me: Person,
        request: &Request,
        now: Instant,
    ) -> Result<Ctx<'a>, Failure> {
        let roles = tx.list_roles_of(&me.id).await?;
        let (groups, led) = tx.count_groups(&me.id).await?;
        let standing = Standing { admin: account.admin == 1, roles, in_group: groups > 0, leads: led > 0 };
        let answers = match &request.input {
            Input::Form { values, .. } => {
                values.iter().map(|(name, value)| (name.clone(), tidy(value))).collect()
            }
            Input::Text(_) => BTreeMap::new(),
        };
        Ok(Ctx { core: self, tx, now, workspace, me, standing, room: request.room.clone(), answers })
    }

    async fn run(ctx: &mut Ctx<'_>, invocation: &Invocation, filed: bool) -> Result<Reply, Failure> {
        let spec = invocation.spec;
        if !ctx.standing.may(spec.who) {
            return Err(refusals::may_not(spec, &ctx.standing).into());
        }
        handlers::run(ctx, spec, &invocation.args, filed).await
    }
}

/// People type the root, platforms leave it out.
fn without_root(text: &str) -> &str {
    let text = text.trim_start();
    text.strip_prefix(ROOT).filter(|rest| rest.is_empty() || rest.starts_with(' ')).unwrap_or(text).trim()
}

impl From<Unread> for Failure {
    fn from(unread: Unread) -> Self {
        refusals::unread(&unread).into()
    }
}
