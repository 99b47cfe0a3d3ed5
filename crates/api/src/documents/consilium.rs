//! The record of a session of the consilium.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use qorgan_domain::calendar::UTC_OFFSET_HOURS;
use qorgan_domain::consilium::BoardRole;
use qorgan_domain::ids::UserId;
use qorgan_domain::policy::Actor;

use super::paper::Paper;
use super::{Document, copy_of, label, words};
use crate::problem::Problem;
use crate::problem::messages::fill;
use crate::request::Language;
use crate::routes::consilium::view::{AgendaItemView, BoardDecisionView, SessionView};

/// Writes what the view shows, and nothing more.
///
/// # Errors
/// `internal` where it could not be written.
pub fn record(
    session: &SessionView,
    actor: &Actor,
    now: DateTime<Utc>,
    language: Language,
) -> Result<Document, Problem> {
    let paper = Paper::new(&copy_of(actor, language), now);
    let paper = board(head(paper, session, language), session, language);
    let names: HashMap<UserId, &str> =
        session.members.iter().map(|member| (member.user.id, member.user.name.as_str())).collect();
    let paper = if session.items.is_empty() {
        paper.heading(words::AGENDA_ITEM.in_language(language)).remark(words::AGENDA_HIDDEN.in_language(language))
    } else {
        session.items.iter().fold(paper, |paper, item| agenda_item(paper, item, &names, language))
    };
    let signing =
        session.members.iter().filter(|member| matches!(member.role, BoardRole::Chair | BoardRole::Secretary));
    let paper = signing.fold(paper, |paper, member| {
        paper.signature(&label("board_role", member.role.as_str(), language), &member.user.name)
    });
    Ok(Document { name: format!("consilium-{}", session.id), bytes: paper.bytes()?, language })
}

fn head(paper: Paper, session: &SessionView, language: Language) -> Paper {
    let word = |word: crate::problem::Words| word.in_language(language);
    let status = label("consilium_status", session.status.as_str(), language);
    let rule = fill(
        word(words::QUORUM_TEXT),
        &[("percent", session.present_percent.to_string()), ("agencies", session.agencies_present.to_string())],
    );
    paper
        .title(word(words::SESSION_TITLE))
        .line(word(words::SESSION_NAME), &session.title)
        .line(word(words::CONVENED_BY), &session.organisation.name)
        .line_if(word(words::PLACE), session.place.as_deref())
        .line(word(words::SCHEDULED), &local_time(session.scheduled_at))
        .line_if(word(words::OPENED), session.opened_at.map(local_time).as_deref())
        .line_if(word(words::ENDED), session.ended_at.map(local_time).as_deref())
        .line(word(words::STATUS), &status)
        .line_if(word(words::CANCEL_REASON), session.cancel_reason.as_deref())
        .line(word(words::QUORUM_RULE), &rule)
}

fn board(paper: Paper, session: &SessionView, language: Language) -> Paper {
    let word = |word: crate::problem::Words| word.in_language(language);
    let rows: Vec<Vec<String>> = session
        .members
        .iter()
        .map(|member| {
            let present = match member.present {
                Some(true) => words::YES,
                Some(false) => words::NO,
                None => words::NOT_RECORDED,
            };
            vec![
                member.user.name.clone(),
                member.organisation.name.clone(),
                label("board_role", member.role.as_str(), language),
                word(present).to_owned(),
            ]
        })
        .collect();
    let head = [words::NAME, words::ORGANISATION, words::ROLE, words::PRESENT].map(word);
    paper.heading(word(words::BOARD)).table(&head, &rows)
}

fn agenda_item(paper: Paper, item: &AgendaItemView, names: &HashMap<UserId, &str>, language: Language) -> Paper {
    let word = |word: crate::problem::Words| word.in_language(language);
    let name = |user: UserId| names.get(&user).copied().unwrap_or_default();
    let paper = paper.heading(&format!("{}. {} {}", item.position, word(words::AGENDA_ITEM), item.case_number));
    let paper = match &item.question {
        Some(question) => paper.line(word(words::QUESTION), question),
        None => paper.remark(word(words::CLOSED_TO_YOU)),
    };
    let paper = item.conflicts.iter().fold(paper, |paper, conflict| {
        let ground = label("conflict_ground", conflict.ground.as_str(), language);
        paper.line(word(words::NO_VOTE), &format!("{} ({ground})", name(conflict.user_id)))
    });
    match &item.decision {
        None => paper.remark(word(words::UNDECIDED)),
        Some(decision) => self::decision(paper, decision, &name, language),
    }
}

fn decision<'a>(
    paper: Paper,
    decision: &BoardDecisionView,
    name: &impl Fn(UserId) -> &'a str,
    language: Language,
) -> Paper {
    let word = |word: crate::problem::Words| word.in_language(language);
    let votes: Vec<String> = decision
        .votes
        .iter()
        .map(|vote| format!("{} – {}", name(vote.user_id), label("consilium_vote", vote.vote.as_str(), language)))
        .collect();
    let paper = paper.line_if(word(words::VOTES), (!votes.is_empty()).then(|| votes.join("; ")).as_deref());
    let paper = paper.line(word(words::DECISION), &label("consilium_outcome", decision.outcome.as_str(), language));
    let Some(text) = &decision.body.text else { return paper.remark(word(words::CLOSED_TO_YOU)) };
    let opinions = decision.body.opinions.iter().flatten();
    let paper = opinions.fold(paper.text(text), |paper, opinion| {
        paper.line(&format!("{}, {}", word(words::OPINION), name(opinion.user_id)), &opinion.text)
    });
    let rows: Vec<Vec<String>> = decision
        .body
        .tasks
        .iter()
        .flatten()
        .map(|task| {
            vec![
                task.title.clone(),
                task.organisation.clone(),
                task.due_on.format("%d.%m.%Y").to_string(),
                word(if task.mandatory { words::YES } else { words::NO }).to_owned(),
            ]
        })
        .collect();
    paper.table(&[words::TASK, words::ORGANISATION, words::DUE, words::MANDATORY].map(word), &rows)
}

/// A moment by the clocks of Kazakhstan.
pub(super) fn local_time(at: DateTime<Utc>) -> String {
    (at + TimeDelta::hours(UTC_OFFSET_HOURS)).format("%d.%m.%Y %H:%M").to_string()
}
