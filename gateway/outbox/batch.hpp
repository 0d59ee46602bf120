#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "gateway/fhir/transaction.hpp"
#include "gateway/outbox/target.hpp"
#include "gateway/store/store.hpp"

namespace gateway::outbox {

/// What a gateway takes at once (FHIR.md §1.1).
inline constexpr std::size_t most_entries = 1'000;
inline constexpr std::size_t most_bytes =
    15 * 1024 * 1024;  // of bodies: room for what is round them

/// One request: its entries, and of which of the delivery's resources each is. Views into the
/// delivery.
struct Part {
  std::vector<fhir::TransactionEntry> entries;
  std::vector<std::size_t> resources;
};

/// One arrival in requests to a target: one, or several in order where it is more than a target
/// takes. Each id once; what was deleted is deleted there too. `conditional`: only over the version
/// the target was last known to have (Delivery::tags). Empty: nothing to send.
std::vector<Part> parts_of(const store::Delivery& delivery, bool conditional);

/// Several arrivals as one request: each id once, as it is newest, with its condition. Views into
/// the deliveries.
std::vector<fhir::TransactionEntry> together(std::span<const store::Delivery> deliveries);

/// Does this one fit behind others that are `entries` and `bytes` already?
bool fits(const store::Delivery& delivery, std::size_t entries, std::size_t bytes);
std::size_t bytes_of(const store::Delivery& delivery);

/// X-ImmunoGate-Path that a delivery leaves with.
std::string path_of(const store::Delivery& delivery, const std::string& instance);

/// What a target has, or was not given, once all of a delivery is settled; without tags.
std::vector<store::Sent> sent_of(const store::Delivery& delivery);

}  // namespace gateway::outbox
