//! The weights.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::agreement::{Field, Level};
use super::compare::Comparison;

/// Above which weights, in bits, two records are taken for one person.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// From here on without anybody looking.
    pub automatic: f64,
    /// From here on somebody looks.
    pub review: f64,
}

/// How often one level is seen, as shares of pairs in which both values are known.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LevelModel {
    /// The level.
    pub level: Level,
    /// Among pairs of records of one person.
    pub m: f64,
    /// Among pairs of records of two people taken at random.
    pub u: f64,
    /// Among pairs of records of brothers and sisters who do not share the value in truth.
    pub v: f64,
}

/// How a field agrees.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    /// Share of brothers and sisters who share the value in truth: their records then agree as those of one person do.
    pub shared: f64,
    /// Its levels, as in [`Field::levels`].
    pub levels: Vec<LevelModel>,
}

/// Why a model cannot be used.
#[derive(Debug, Error)]
pub enum ModelError {
    /// It is not JSON of a model.
    #[error("not a model")]
    Json(#[from] serde_json::Error),
    /// It is of a version that this program does not know.
    #[error("version {0} of models is not known")]
    Version(u32),
    /// A field is missing, or its levels are not those of the field.
    #[error("field {0}: levels are not those of the field")]
    Levels(Field),
    /// A share is not above 0 and below 1, or the shares of a field do not add up to 1.
    #[error("field {0}: shares must lie between 0 and 1 and add up to 1")]
    Shares(Field),
    /// Numbers of records or thresholds make no sense.
    #[error("{0}: out of range")]
    Range(&'static str),
}

/// The form of models that is read and written.
const VERSION: u32 = 1;
/// How much of a name's rarity a nearly equal spelling keeps.
const RARITY_OF_CLOSE: f64 = 0.5;
/// Most bits by which rarity moves a nearly equal spelling.
const MOST_RARITY_OF_CLOSE: f64 = 4.0;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct ModelFile {
    version: u32,
    records: u64,
    matches_per_record: f64,
    relatives_per_record: f64,
    thresholds: Thresholds,
    fields: BTreeMap<Field, FieldModel>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    extras: Vec<FieldModel>,
}

/// Binary logarithms of m, u and v by level.
type Logs = [[(f64, f64, f64); Level::ALL.len()]; Field::COMPARED.len()];

/// Weights of Fellegi and Sunter with a third class: brothers and sisters.
///
/// Two records are of one person (m), of two people at random (u), or of brothers and sisters (v), who share last
/// name, patronymic, home and, as twins, the date of birth. Without the third class the sum of weights would take
/// twins for one child, since it counts agreements as if they came about independently.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ModelFile", into = "ModelFile")]
pub struct Model {
    file: ModelFile,
    logs: Logs,
}

impl TryFrom<ModelFile> for Model {
    type Error = ModelError;

    fn try_from(file: ModelFile) -> Result<Self, ModelError> {
        if file.version != VERSION {
            return Err(ModelError::Version(file.version));
        }
        if file.records == 0 {
            return Err(ModelError::Range("records"));
        }
        let prior = file.matches_per_record / file.records as f64;
        if !(prior > 0.0 && prior < 1.0) {
            return Err(ModelError::Range("matches_per_record"));
        }
        if !(0.0..file.records as f64).contains(&file.relatives_per_record) {
            return Err(ModelError::Range("relatives_per_record"));
        }
        if !(file.thresholds.review.is_finite() && file.thresholds.automatic >= file.thresholds.review) {
            return Err(ModelError::Range("thresholds"));
        }
        for field in Field::COMPARED {
            file.fields.get(&field).ok_or(ModelError::Levels(field))?.check(field)?;
        }
        file.extras.iter().try_for_each(|extra| extra.check(Field::Extra))?;
        let logs = logs(&file.fields);
        Ok(Self { file, logs })
    }
}

impl From<Model> for ModelFile {
    fn from(model: Model) -> Self {
        model.file
    }
}

impl FieldModel {
    fn check(&self, field: Field) -> Result<(), ModelError> {
        if !self.levels.iter().map(|level| level.level).eq(field.levels().iter().copied()) {
            return Err(ModelError::Levels(field));
        }
        if !(0.0..1.0).contains(&self.shared) {
            return Err(ModelError::Shares(field));
        }
        for share in [|level: &LevelModel| level.m, |level: &LevelModel| level.u, |level: &LevelModel| level.v] {
            let possible = self.levels.iter().all(|level| share(level) > 0.0 && share(level) < 1.0);
            let sum: f64 = self.levels.iter().map(share).sum();
            if !possible || (sum - 1.0).abs() > 1e-3 {
                return Err(ModelError::Shares(field));
            }
        }
        Ok(())
    }

    /// How often a level is seen among brothers and sisters.
    pub(super) fn among_relatives(&self, level: &LevelModel) -> f64 {
        self.shared * level.m + (1.0 - self.shared) * level.v
    }

    /// The shares of one level; none for `missing`.
    #[must_use]
    pub fn of(&self, level: Level) -> Option<&LevelModel> {
        self.levels.iter().find(|known| known.level == level)
    }
}

fn logs(fields: &BTreeMap<Field, FieldModel>) -> Logs {
    let mut logs = [[(0.0, 0.0, 0.0); Level::ALL.len()]; Field::COMPARED.len()];
    for (at, field) in Field::COMPARED.iter().enumerate() {
        let Some(field) = fields.get(field) else { continue };
        for level in &field.levels {
            logs[at][level.level as usize] = (level.m.log2(), level.u.log2(), field.among_relatives(level).log2());
        }
    }
    logs
}

impl Model {
    /// The model that comes with the program, its weights estimated from made-up lists.
    ///
    /// # Panics
    /// Never: a test reads the embedded file.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the embedded model is read by a test")]
    pub fn shipped() -> &'static Self {
        static SHIPPED: OnceLock<Model> = OnceLock::new();
        SHIPPED.get_or_init(|| {
            Self::from_json(include_str!("shipped_model.json")).expect("the embedded model is read by a test")
        })
    }

    /// Reads a model.
    ///
    /// # Errors
    /// [`ModelError`] for what is no model or makes no sense.
    pub fn from_json(text: &str) -> Result<Self, ModelError> {
        Self::try_from(serde_json::from_str::<ModelFile>(text)?)
    }

    /// The model as JSON, to be kept or shipped.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn to_json(&self) -> Result<String, ModelError> {
        Ok(serde_json::to_string_pretty(&self.file)?)
    }

    /// The same weights for an index of so many records: the more there are, the less likely is it before anything is
    /// compared that one taken at random is the person, and the more evidence is needed.
    #[must_use]
    pub fn for_records(&self, records: u64) -> Self {
        let mut model = self.clone();
        let least = self.file.matches_per_record.max(self.file.relatives_per_record).ceil() as u64 + 1;
        model.file.records = records.max(least);
        model
    }

    /// The same weights with other thresholds, in bits. An automatic threshold below that of review counts as it.
    #[must_use]
    pub fn with_thresholds(&self, thresholds: Thresholds) -> Self {
        let mut model = self.clone();
        model.file.thresholds =
            Thresholds { automatic: thresholds.automatic.max(thresholds.review), review: thresholds.review };
        model
    }

    /// The same model for lists with so many further fields, each with the weights of any text where the model has
    /// none of its own yet.
    #[must_use]
    pub fn with_extras(&self, count: usize) -> Self {
        let mut model = self.clone();
        model.file.extras.resize_with(count, any_text);
        model
    }

    /// Above which weights records are taken for one person.
    #[must_use]
    pub const fn thresholds(&self) -> Thresholds {
        self.file.thresholds
    }

    /// How many records one of them is expected in.
    #[must_use]
    pub const fn records(&self) -> u64 {
        self.file.records
    }

    /// The shares of a field; none for those that are not compared by themselves.
    #[must_use]
    pub fn field(&self, field: Field) -> Option<&FieldModel> {
        self.file.fields.get(&field)
    }

    /// The shares of the further fields.
    #[must_use]
    pub fn extras(&self) -> &[FieldModel] {
        &self.file.extras
    }

    /// The same model with other shares and another number of matches a record, as estimated.
    pub(super) fn with_shares(
        &self,
        fields: impl Fn(Field, usize, &FieldModel) -> FieldModel,
        matches_per_record: f64,
    ) -> Self {
        let mut model = self.clone();
        for (at, field) in Field::COMPARED.into_iter().enumerate() {
            if let Some(known) = model.file.fields.get_mut(&field) {
                *known = fields(field, at, known);
            }
        }
        for (at, extra) in model.file.extras.iter_mut().enumerate() {
            *extra = fields(Field::Extra, Field::COMPARED.len() + at, extra);
        }
        model.file.matches_per_record = matches_per_record.clamp(1e-3, model.file.records as f64 * 0.5);
        model.logs = logs(&model.file.fields);
        model
    }

    pub(super) fn matches_per_record(&self) -> f64 {
        self.file.matches_per_record
    }

    /// Binary logarithm of the odds before anything is compared.
    pub(super) fn prior_weight(&self) -> f64 {
        let prior = self.file.matches_per_record / self.file.records as f64;
        (prior / (1.0 - prior)).log2()
    }

    /// Logarithms of m, u, v of a level; u of a name by how common it is.
    pub(super) fn logs(&self, field: usize, level: Level, share: Option<f64>) -> (f64, f64, f64) {
        let (m, u, v) = self.logs[field][level as usize];
        let Some(share) = share.map(f64::log2) else { return (m, u, v) };
        let u = match level {
            Level::Exact => share,
            Level::Close => {
                let rarer = RARITY_OF_CLOSE * (share - self.logs[field][Level::Exact as usize].1);
                u + rarer.clamp(-MOST_RARITY_OF_CLOSE, MOST_RARITY_OF_CLOSE)
            }
            _ => u,
        };
        (m, u, v)
    }

    pub(super) fn logs_of_extra(&self, at: usize, level: Level) -> (f64, f64, f64) {
        let shares = self.file.extras.get(at).and_then(|extra| Some((extra, extra.of(level)?)));
        shares.map_or((0.0, 0.0, 0.0), |(extra, level)| {
            (level.m.log2(), level.u.log2(), extra.among_relatives(level).log2())
        })
    }

    /// Sums of the logarithms of m, u and v.
    pub(super) fn class_sums(&self, comparison: &Comparison) -> (f64, f64, f64) {
        let fields = comparison.levels.iter().enumerate();
        let fields = fields.map(|(at, level)| self.logs(at, *level, comparison.shares.get(at).copied()));
        let extras = comparison.extras.iter().enumerate().map(|(at, level)| self.logs_of_extra(at, *level));
        fields.chain(extras).fold((0.0, 0.0, 0.0), |sums, logs| (sums.0 + logs.0, sums.1 + logs.1, sums.2 + logs.2))
    }

    /// Logarithm of how often two people agree so, relatives among them.
    pub(super) fn background(&self, u: f64, v: f64) -> f64 {
        let relatives = self.file.relatives_per_record / self.file.records as f64;
        let (strangers, relatives) = ((1.0 - relatives).log2() + u, relatives.log2() + v);
        let (more, less) = if strangers >= relatives { (strangers, relatives) } else { (relatives, strangers) };
        more + (less - more).exp2().ln_1p() / std::f64::consts::LN_2
    }

    /// Logarithms of how often records of one person, and those of two, agree so.
    pub(super) fn sums(&self, comparison: &Comparison) -> (f64, f64) {
        let (m, u, v) = self.class_sums(comparison);
        (m, self.background(u, v))
    }
}

/// Shares of a text of which nothing is known but that it tells something.
fn any_text() -> FieldModel {
    let shares = [(0.85, 0.02, 0.02), (0.05, 0.01, 0.01), (0.03, 0.02, 0.02), (0.07, 0.95, 0.95)];
    let levels = Field::Extra.levels().iter().zip(shares);
    FieldModel { shared: 0.6, levels: levels.map(|(level, (m, u, v))| LevelModel { level: *level, m, u, v }).collect() }
}
