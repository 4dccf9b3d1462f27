//! Who asks, and which gates let them through.

use super::table::Gate;

/// Somebody with a token, or without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Nobody,
    Visitor,
    OtherVisitor,
    Identified,
    VisitorElsewhere,
    Viewer,
    Agent,
    Admin,
    AdminElsewhere,
    Operator,
}

impl Role {
    pub(super) const ALL: [Self; 10] = [
        Self::Nobody,
        Self::Visitor,
        Self::OtherVisitor,
        Self::Identified,
        Self::VisitorElsewhere,
        Self::Viewer,
        Self::Agent,
        Self::Admin,
        Self::AdminElsewhere,
        Self::Operator,
    ];

    pub(super) const fn is_visitor(self) -> bool {
        matches!(self, Self::Visitor | Self::OtherVisitor | Self::Identified | Self::VisitorElsewhere)
    }

    pub(super) const fn is_staff(self) -> bool {
        matches!(self, Self::Viewer | Self::Agent | Self::Admin | Self::AdminElsewhere)
    }

    /// What a gate does: lets through (0), or refuses with a status.
    pub(super) const fn at(self, gate: Gate) -> u16 {
        let writes = matches!(self, Self::Agent | Self::Admin | Self::AdminElsewhere);
        let admin = matches!(self, Self::Admin | Self::AdminElsewhere);
        match gate {
            Gate::Public => 0,
            Gate::Visitors if self.is_visitor() => 0,
            Gate::Participants if self.is_visitor() || self.is_staff() => 0,
            Gate::Viewers if self.is_staff() => 0,
            Gate::Agents if writes => 0,
            Gate::Admins if admin => 0,
            Gate::Operator if matches!(self, Self::Operator) => 0,
            Gate::OperatorOrAdmin if admin || matches!(self, Self::Operator) => 0,
            Gate::Agents | Gate::Admins | Gate::OperatorOrAdmin if self.is_staff() => 403,
            _ => 401,
        }
    }
}
