//! The worklist application and the HTTP API.
