//! How protocols look in JSON.

use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::ids::UserId;
use qorgan_domain::protocols::{Definition, ProtocolCode, Titles, Trigger};
use qorgan_storage::protocols::ProtocolVersion;
use serde::Serialize;
use utoipa::ToSchema;

use crate::request::Language;

/// The title in one language.
pub fn title(titles: &Titles, language: Language) -> String {
    let title = match language {
        Language::Ru => &titles.ru,
        Language::Kk => &titles.kk,
        Language::En => &titles.en,
    };
    title.as_str().to_owned()
}

/// A protocol in short, by the version in force today, or else by its newest.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Protocol)]
pub struct ProtocolView {
    /// Its code.
    pub code: ProtocolCode,
    /// What it is called, in the language of the answer.
    pub title: String,
    /// What it is called in all languages.
    pub titles: Titles,
    /// When it is called for.
    pub trigger: Trigger,
    /// How many steps it has.
    pub steps: usize,
    /// The version in force today.
    pub version_in_force: Option<i32>,
    /// The newest version.
    pub latest_version: i32,
    /// Whether no authority has issued it.
    pub provisional: bool,
}

impl ProtocolView {
    /// Of all versions of one protocol, the newest first; none where there is no version.
    pub fn of(versions: &[ProtocolVersion], today: NaiveDate, language: Language) -> Option<Self> {
        let latest = versions.first()?;
        let in_force = ProtocolVersion::in_force(versions, today);
        let shown = in_force.unwrap_or(latest);
        let Definition { titles, trigger, steps } = &shown.definition;
        Some(Self {
            code: shown.code.clone(),
            title: title(titles, language),
            titles: titles.clone(),
            trigger: trigger.clone(),
            steps: steps.len(),
            version_in_force: in_force.map(|version| version.version),
            latest_version: latest.version,
            provisional: shown.provisional,
        })
    }
}

/// A version of a protocol. Once published it is never changed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProtocolVersion)]
pub struct VersionView {
    /// The protocol.
    pub code: ProtocolCode,
    /// 1, 2, …
    pub version: i32,
    /// The first day on which it is in force, unless a later version is.
    pub valid_from: NaiveDate,
    /// The first day on which it is not in force any more.
    pub valid_to: Option<NaiveDate>,
    /// Where it comes from.
    pub source: String,
    /// Whether no authority has issued it.
    pub provisional: bool,
    /// When it was published.
    pub published_at: DateTime<Utc>,
    /// By whom; nobody where it came with the program.
    pub published_by: Option<UserId>,
    /// What it says.
    #[serde(flatten)]
    pub definition: Definition,
}

impl From<ProtocolVersion> for VersionView {
    fn from(version: ProtocolVersion) -> Self {
        Self {
            code: version.code,
            version: version.version,
            valid_from: version.valid_from,
            valid_to: version.valid_to,
            source: version.source,
            provisional: version.provisional,
            published_at: version.published_at,
            published_by: version.published_by,
            definition: version.definition,
        }
    }
}

/// A protocol with all its versions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProtocolHistory)]
pub struct HistoryView {
    /// The protocol in short.
    #[serde(flatten)]
    pub protocol: ProtocolView,
    /// All versions, the newest first.
    pub versions: Vec<VersionView>,
}
