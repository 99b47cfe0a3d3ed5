//! The raw value of every setting and where it came from: flags, then the environment, then the file, then presets.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::Problem;
use super::table::{Preset, SETTINGS, Setting};

/// The process environment, handed in so that tests need not change their own.
pub type Environment = BTreeMap<String, String>;

/// Flags that were given: key and value.
pub type Flags = Vec<(&'static str, String)>;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A flag of the command line.
    Flag,
    /// A variable of the environment.
    Variable(String),
    /// A file named by a variable of the environment.
    SecretFile(String),
    /// The configuration file.
    File(PathBuf),
    /// Nobody set it.
    Preset,
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => formatter.write_str("command line"),
            Self::Variable(name) => formatter.write_str(name),
            Self::SecretFile(name) => write!(formatter, "file named by {name}"),
            Self::File(path) => write!(formatter, "{}", path.display()),
            Self::Preset => formatter.write_str("preset"),
        }
    }
}

/// A raw value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// As it was written.
    pub text: String,
    /// By whom.
    pub source: Source,
}

/// The raw values of all settings that have one.
#[derive(Debug, Default)]
pub struct Layers {
    values: BTreeMap<&'static str, Value>,
    /// What was wrong with the sources themselves.
    pub problems: Vec<Problem>,
    /// What is odd but harmless.
    pub notices: Vec<String>,
    /// `XDG_RUNTIME_DIR`: the user's own folder for sockets. Not a setting, but part of the surroundings.
    pub runtime_dir: Option<PathBuf>,
}

impl Layers {
    /// Reads all sources. `config` is the value of `--config`; `cores` the number of processor cores.
    pub fn collect(flags: Flags, config: Option<&Path>, environment: &Environment, cores: usize) -> Self {
        let runtime_dir = environment.get("XDG_RUNTIME_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        let mut layers = Self { runtime_dir, ..Self::default() };
        for setting in SETTINGS {
            let text = match setting.default {
                Preset::Fixed(text) => text.to_owned(),
                Preset::Cores(from) => from(cores).to_string(),
                Preset::Absent => continue,
            };
            layers.put(setting.key, text, Source::Preset);
        }
        let environment_values = layers.environment(environment);
        layers.file(config, environment, &flags, &environment_values);
        for (key, value) in environment_values {
            layers.values.insert(key, value);
        }
        for (key, text) in flags {
            layers.put(key, text, Source::Flag);
        }
        layers
    }

    /// The raw value of a setting.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    fn put(&mut self, key: &'static str, text: String, source: Source) {
        self.values.insert(key, Value { text, source });
    }

    fn environment(&mut self, environment: &Environment) -> Vec<(&'static str, Value)> {
        let mut values = Vec::new();
        let mut known = vec!["QORGAN_CONFIG".to_owned()];
        for setting in SETTINGS {
            let variable = setting.environment();
            let mut names = vec![variable.clone()];
            if setting.key == "database.url" {
                // The name hosting services and database tools use; our own name goes before it.
                names.push("DATABASE_URL".to_owned());
            }
            let named_file = setting.environment_file().filter(|name| is_set(environment, name));
            let set = names.into_iter().find(|name| is_set(environment, name));
            match (set, named_file) {
                (Some(name), None) => {
                    let text = environment.get(&name).cloned().unwrap_or_default();
                    values.push((setting.key, Value { text, source: Source::Variable(name) }));
                }
                (Some(name), Some(file)) if name != "DATABASE_URL" => {
                    let message = format!("{name} and {file} are both set; set one");
                    self.problems.push(Problem { key: setting.key.to_owned(), message });
                }
                (_, Some(file)) => values.extend(self.secret_file(setting, &file, environment)),
                (None, None) => {}
            }
            known.push(variable);
            known.extend(setting.environment_file());
        }
        // Not refused: orchestrators set variables such as QORGAN_SERVICE_HOST for a service of this name.
        let unknown = environment.keys().filter(|name| name.starts_with("QORGAN_") && !known.contains(name));
        self.notices.extend(unknown.map(|name| format!("the variable {name} is not a setting and was ignored")));
        values
    }

    fn secret_file(
        &mut self,
        setting: &Setting,
        variable: &str,
        environment: &Environment,
    ) -> Option<(&'static str, Value)> {
        let path = PathBuf::from(environment.get(variable)?);
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                let text = text.trim_end().to_owned();
                Some((setting.key, Value { text, source: Source::SecretFile(variable.to_owned()) }))
            }
            Err(error) => {
                let message = format!("{}, named by {variable}, cannot be read: {error}", path.display());
                self.problems.push(Problem { key: setting.key.to_owned(), message });
                None
            }
        }
    }

    /// `--config`, or `QORGAN_CONFIG`, or `qorgan.toml` in the data folder if it is there.
    fn file(
        &mut self,
        config: Option<&Path>,
        environment: &Environment,
        flags: &Flags,
        environment_values: &[(&'static str, Value)],
    ) {
        let variable = environment.get("QORGAN_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
        let named = config.map(Path::to_owned).or(variable);
        let flag = flags.iter().rev().find(|(key, _)| *key == "data").map(|(_, text)| text);
        let variable = environment_values.iter().find(|(key, _)| *key == "data").map(|(_, value)| &value.text);
        let preset = self.get("data").map(|value| &value.text);
        let in_data_folder = flag.or(variable).or(preset).map(|folder| Path::new(folder).join("qorgan.toml"));
        let (path, is_named) = match (named, in_data_folder) {
            (Some(path), _) => (path, true),
            (None, Some(path)) if path.exists() => (path, false),
            _ => return,
        };
        let parsed = std::fs::read_to_string(&path).map_err(|error| error.to_string());
        let parsed = parsed.and_then(|text| text.parse::<toml::Table>().map_err(|error| syntax(&text, &error)));
        match parsed {
            Ok(table) => self.table("", &table, &path, is_named),
            Err(message) => self.problems.push(Problem { key: path.display().to_string(), message }),
        }
    }

    fn table(&mut self, prefix: &str, table: &toml::Table, path: &Path, is_named: bool) {
        for (name, value) in table {
            let key = format!("{prefix}{name}");
            let is_section = SETTINGS.iter().any(|setting| setting.key.starts_with(&format!("{key}.")));
            let problem = match (Setting::find(&key), value) {
                (None, toml::Value::Table(inner)) if is_section => {
                    self.table(&format!("{key}."), inner, path, is_named);
                    continue;
                }
                (None, _) => "is not a setting".to_owned(),
                (Some(setting), _) if setting.key == "data" && !is_named => {
                    "cannot be set by the file in the data folder itself".to_owned()
                }
                (Some(setting), value) => match scalar(value) {
                    Some(text) => {
                        self.put(setting.key, text, Source::File(path.to_owned()));
                        continue;
                    }
                    None => "must be one text, number or truth value".to_owned(),
                },
            };
            let message = format!("{problem} (in {})", path.display());
            self.problems.push(Problem { key, message });
        }
    }
}

/// An empty variable counts as unset: that is how compose files and shells pass on what is not there.
fn is_set(environment: &Environment, name: &str) -> bool {
    environment.get(name).is_some_and(|value| !value.is_empty())
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

/// The parser's own text quotes the line, which may hold a secret; this names only its number.
fn syntax(text: &str, error: &toml::de::Error) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
    format!("line {line}: {}", error.message())
}
