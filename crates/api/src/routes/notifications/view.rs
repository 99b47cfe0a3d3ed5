//! How a notice looks in JSON.

use chrono::{DateTime, Utc};
use qorgan_domain::ids::{CaseId, NotificationId};
use qorgan_domain::notifications::NoticeKind;
use qorgan_storage::notifications::NoticeView;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::words;
use crate::request::Language;

/// A notice. Its text holds no personal data: it leads to a record, which is read under one's own rights.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct NotificationView {
    /// Its id.
    pub id: NotificationId,
    /// What is told.
    pub kind: NoticeKind,
    /// The same in words.
    #[schema(example = "Case 35-2026-000123-4 was assigned to you.")]
    pub text: String,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// Its number, where you may see it.
    pub case_number: Option<String>,
    /// The task, deadline, plan… it is about.
    #[schema(value_type = Option<String>, format = Uuid)]
    pub subject_id: Option<Uuid>,
    /// Codes and ids that belong to it, such as `deadline`, `due_at` and `level` of a missed deadline.
    #[schema(value_type = Object)]
    pub data: Value,
    /// When it came.
    pub created_at: DateTime<Utc>,
    /// When you read it.
    pub read_at: Option<DateTime<Utc>>,
}

impl NotificationView {
    /// The view in one language.
    pub fn of(notice: NoticeView, language: Language) -> Self {
        let (case_id, case_number) = notice.case.map_or((None, None), |(id, number)| (Some(id), number));
        Self {
            id: notice.id,
            kind: notice.kind,
            text: words::text(notice.kind, case_number.as_deref(), &notice.data, language),
            case_id,
            case_number,
            subject_id: notice.subject,
            data: notice.data,
            created_at: notice.created_at,
            read_at: notice.read_at,
        }
    }
}

/// How many notices became read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NotificationsRead)]
pub struct ReadView {
    /// So many that were unread until now.
    pub read: usize,
}
