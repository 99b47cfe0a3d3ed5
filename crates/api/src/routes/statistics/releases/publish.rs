//! `POST /statistics/releases/{id}/publish`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post, web};
use qorgan_domain::ids::{ReleaseId, ReleasePartId};
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::release::{
    DocumentPart, DocumentTable, PartOutcome, Publication, ReleaseDocument, ReleaseRefusal, canonical, publish,
};
use qorgan_domain::text::Reason;
use qorgan_storage::statistics::releases::{FrozenTable, Release, ReleasePart, SignedRelease};
use qorgan_storage::{Authorized, Tx};

use super::view::ReleaseView;
use crate::answer::Answer;
use crate::auth::{SigningKeys, Tokens};
use crate::context::Ctx;
use crate::problem::{FieldErrors, Issue, Pointer, Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// An objection that the statistics office does not follow.
    pub struct OverruleRequest {
        /// The part.
        pub part_id: ReleasePartId,
        /// Why. The agency reads it. No names of children.
        pub reason: Reason,
    }

    /// What is said with a publication.
    #[schema(as = ReleasePublishRequest, example = json!({"overrule": []}))]
    pub struct PublishRequest {
        /// Every objection that still stands, with the reason why it is not followed.
        pub overrule: Vec<OverruleRequest>,
    }
}

/// Publish a release: sign it and open it to all who may see counts of the register. Nothing of it changes any more.
///
/// Every agency must have confirmed its part, or let the days for it pass. An objection holds the release up until it is
/// taken back or named in `overrule`. By the rules in force somebody else than who proposed the release publishes it.
/// `missing` in the refusal (`transition_refused`) names everything that stands against it.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_publish",
    params(("id" = ReleaseId, Path), IfMatch, IdempotencyKey),
    request_body = PublishRequest,
    responses(
        (status = 200, body = ReleaseView, headers(("ETag" = String))),
        (status = 409, description = "transition_refused, domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_manage"))),
)]
#[post("/statistics/releases/{id}/publish")]
pub async fn release_publish(
    ctx: Ctx,
    id: PathId<ReleaseId>,
    if_match: IfMatch,
    tokens: web::Data<Tokens>,
    body: Body<PublishRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        tx.release_for(id.0, Action::ReleaseManage)?;
        // From here on nobody answers: what is decided on is what is published.
        tx.release_hold(id.0)?;
        let release = tx.release_for(id.0, Action::ReleaseManage)?;
        unchanged(release.version, if_match)?;
        let parts = tx.release_parts(&release)?;
        let reasons = reasons(request.overrule, &parts)?;
        let outcomes = decided(tx, &release, &parts, &reasons)?;
        let mut signed = Vec::new();
        for method in StatisticsMethod::ALL {
            let tables = tx.release_tables(&release, *method)?;
            signed.push(sign(tx, &release, *method, &tables, &document_parts(&parts, &outcomes), tokens.keys())?);
        }
        tx.release_publish(&release, &outcomes, &reasons, &signed)?;
        let release = tx.release_for(id.0, Action::ReleaseRead)?;
        let version = release.version;
        Ok(Answer::ok(&ReleaseView::of(&release, tx.actor()))?.etag(version))
    })
    .await
}

/// The reasons by part; every wrong one named.
fn reasons(given: Vec<OverruleRequest>, parts: &[ReleasePart]) -> Result<BTreeMap<ReleasePartId, Reason>, Problem> {
    let mut errors = FieldErrors::new();
    let mut reasons = BTreeMap::new();
    for (at, OverruleRequest { part_id, reason }) in given.into_iter().enumerate() {
        let root = Pointer::ROOT.key("overrule");
        let item = root.index(at);
        if !parts.iter().any(|part| part.id == part_id) {
            errors.push(&item.key("part_id"), Issue::new("unknown_part"));
        } else if reasons.insert(part_id, reason).is_some() {
            errors.push(&item.key("part_id"), Issue::new("part_named_twice"));
        }
    }
    if errors.is_empty() { Ok(reasons) } else { Err(Problem::validation(errors)) }
}

fn decided(
    tx: &Tx<'_>,
    release: &Release,
    parts: &[ReleasePart],
    reasons: &BTreeMap<ReleasePartId, Reason>,
) -> Result<BTreeMap<ReleasePartId, PartOutcome>, Problem> {
    let states = parts.iter().map(|part| (part.id, part.state())).collect();
    let publication = Publication {
        status: release.status,
        proposed_by: release.proposed_by,
        other_than_proposer: release.other_than_proposer,
        confirm_by: release.confirm_by,
        parts: &states,
    };
    let overruled = reasons.keys().copied().collect();
    publish(&publication, tx.actor().user, tx.today(), &overruled).map_err(|refusals| {
        if refusals == [ReleaseRefusal::Settled] {
            Problem::new(ProblemCode::DomainRule).because(ReleaseRefusal::Settled.code())
        } else {
            let codes = refusals.iter().map(|refusal| refusal.code());
            Problem::new(ProblemCode::TransitionRefused).with("action", "publish").with_missing(codes)
        }
    })
}

fn document_parts<'a>(
    parts: &'a [ReleasePart],
    outcomes: &BTreeMap<ReleasePartId, PartOutcome>,
) -> Vec<DocumentPart<'a>> {
    let with = |part: &'a ReleasePart| {
        let outcome = *outcomes.get(&part.id)?;
        Some(DocumentPart { agency: &part.agency, territory: &part.place, outcome })
    };
    parts.iter().filter_map(with).collect()
}

fn sign(
    tx: &Tx<'_>,
    release: &Authorized<Release>,
    method: StatisticsMethod,
    tables: &[FrozenTable],
    parts: &[DocumentPart<'_>],
    keys: &SigningKeys,
) -> Result<SignedRelease, Problem> {
    let tables: Vec<DocumentTable<'_>> = tables
        .iter()
        .map(|table| DocumentTable {
            code: &table.code,
            names: table.names.each_ref().map(String::as_str),
            dimensions: &table.dimensions,
            cells: &table.cells,
            total: table.total,
        })
        .collect();
    let document = ReleaseDocument {
        id: release.id,
        edition: release.edition,
        supersedes: release.supersedes,
        period: release.period,
        as_of: release.as_of,
        rule: (method == StatisticsMethod::Protected).then_some(&release.rule),
        published_at: tx.now(),
        parts,
        tables: &tables,
    };
    let content = canonical(&document.to_json()).map_err(|error| Problem::internal(&error))?;
    let signed = keys.sign_document(release.id.as_uuid(), &content, tx.now());
    let signed = signed.map_err(|error| Problem::internal(&error))?;
    Ok(SignedRelease { method, content, sha256: signed.sha256, jws: signed.jws, jwk: signed.jwk })
}
