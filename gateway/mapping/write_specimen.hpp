#pragma once
#include "gateway/mapping/work.hpp"

namespace gateway::mapping {

/// Opens and writes the order's specimens: one a SPM, or one from OBR-15 (R6). A SPM that serves
/// several orders is written once.
void prepare_specimens(Desk& desk, OrderWork& order);

/// Writes the specimen of an SPM, once.
void open_specimen(Desk& desk, OrderWork& order, SpecimenWork& specimen);
/// Opens the specimen of an SPM that has a number, which its own order writes: a row may name it.
void announce_specimen(Desk& desk, const PatientWork& patient, SpecimenWork& specimen);

/// Gives each result its specimen (S17, S18).
void assign_specimens(Desk& desk, OrderWork& order);

}  // namespace gateway::mapping
