//! Why a command failed, as the person at the terminal reads it.

use std::error::Error;
use std::fmt;

use crate::settings::Problem;

/// A failed command.
#[derive(Debug)]
pub enum Failure {
    /// The configuration or the arguments cannot be used. Exit code 2.
    Usage(Vec<String>),
    /// The work failed. Exit code 1.
    Failed {
        /// What did not succeed.
        action: String,
        /// Why.
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The work was done and its result is a no that has been printed already. Exit code 1.
    Negative,
}

impl Failure {
    /// For `map_err`: what did not succeed.
    pub(crate) fn of<E: Into<Box<dyn Error + Send + Sync>>>(action: impl Into<String>) -> impl FnOnce(E) -> Self {
        let action = action.into();
        move |cause| Self::Failed { action, cause: cause.into() }
    }

    /// One sentence about arguments that cannot be used.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(vec![text.into()])
    }

    /// Exit code of the process.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed { .. } | Self::Negative => 1,
        }
    }
}

impl From<Vec<Problem>> for Failure {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Usage(problems.iter().map(ToString::to_string).collect())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(lines) => formatter.write_str(&lines.join("\n")),
            Self::Failed { action, cause } => {
                write!(formatter, "{action}: {cause}")?;
                let mut next = cause.source();
                while let Some(cause) = next {
                    write!(formatter, ": {cause}")?;
                    next = cause.source();
                }
                Ok(())
            }
            Self::Negative => Ok(()),
        }
    }
}

impl Error for Failure {}
