//! Rules about the sources that a machine can check.
#![cfg(test)]
