//! The pages as people meet them: a real browser on the demo, by desk and tablet, by mouse and by keys, in both
//! languages (S54, S73, S77, S78, S80, N9).

mod driver;
mod demo;
mod guest;
mod pages;
mod accessible;
mod survey;
mod walks;
mod bad_input;
mod pictures;
