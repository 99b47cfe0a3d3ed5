//! The directory of services, and appointments with them.

mod appointments;
mod directory;

pub use appointments::{Appointment, NewAppointment, Settlement};
pub use directory::{Service, ServiceFilter, ServiceKey, ServiceRecord};
