// senders/<name>.json: how each laboratory speaks.
#include <algorithm>

#include "gateway/mapping/catalogue_builder.hpp"
#include "gateway/mapping/code_words.hpp"
#include "gateway/mapping/folding.hpp"
#include "gateway/mapping/sender_file.hpp"
#include "gateway/mapping/spelling.hpp"

namespace gateway::mapping {
namespace {

constexpr std::string_view sender_folder = "senders/", sender_ending = ".json";

std::string sender_name(std::string_view path) {
  if (!path.starts_with(sender_folder) || !path.ends_with(sender_ending)) return {};
  return std::string(
      path.substr(sender_folder.size(), path.size() - sender_folder.size() - sender_ending.size()));
}

}  // namespace

void CatalogueBuilder::add_senders() {
  static const std::string default_path = "senders/default.json";
  catalogue_->profiles_.emplace_back().name = "default";
  if (const MappingFile* rules = file(default_path)) {
    add_sender(*rules, "default");
  } else {
    problem({default_path, 0}, "the file is missing", "restore it from the shipped mappings");
  }
  std::vector<std::pair<std::string, const MappingFile*>> named;
  for (const MappingFile& candidate : *files_) {
    const std::string name = sender_name(candidate.path);
    if (name.empty() || name == "default") continue;
    if (is_mapping_name(name)) {
      named.emplace_back(name, &candidate);
    } else {
      problem({candidate.path, 0}, "the file name is not allowed",
              "use letters, digits and hyphens, at most 64");
    }
  }
  std::sort(named.begin(), named.end());
  for (const auto& [name, sender] : named) {
    // Coding systems of ours carry the name in lower case, so two such files would share them.
    const bool twin = std::any_of(
        catalogue_->profiles_.begin(), catalogue_->profiles_.end(),
        [&](const SenderProfile& other) { return lower_case(other.name) == lower_case(name); });
    if (twin) {
      problem({sender->path, 0},
              "another sender differs from " + name + " in upper and lower case only",
              "give one of them another name");
      continue;
    }
    catalogue_->profiles_.push_back(catalogue_->profiles_.front());
    catalogue_->profiles_.back().name = name;
    add_sender(*sender, name);
  }
}

void CatalogueBuilder::add_sender(const MappingFile& sender, const std::string& name) {
  SenderProfile& profile = catalogue_->profiles_.back();
  std::vector<std::string> kinds{"set-id"};
  for (const auto& [key, target] : catalogue_->targets_) {
    if (target.context) kinds.push_back(target.context_kind);
  }
  auto problems = read_sender_file(sender.text, kinds, profile);
  for (SenderFileProblem& found : problems) {
    problem({sender.path, found.line}, std::move(found.text), std::move(found.remedy));
  }
  // A file that could not be read says nothing: what it leaves out is no second problem.
  if (!problems.empty() && profile.recognise.empty()) return;
  check_z_codes(sender, profile);
  add_zone(sender, profile);
  if (!catalogue_->codes_.contains(profile.code_map)) {
    problem({sender.path, 0}, "there is no code map " + profile.code_map,
            "write the name of a file in codes/, without ending");
  }
  if (name == "default") {
    if (!profile.recognise.empty() || !profile.certificates.empty()) {
      problem({sender.path, 0}, "default.json names a sender",
              "it lends rules only: give the laboratory a file of its own");
    }
    return;
  }
  check_pairs(sender, profile);
}

std::vector<std::string> zone_names(const std::vector<MappingFile>& files) {
  std::vector<std::string> names;
  for (const MappingFile& sender : files) {
    if (sender_name(sender.path).empty()) continue;
    const auto root = fhir::parse_json(sender.text, sender_file_limits);
    if (!root) continue;
    const std::string& zone = (*root)["time_zone"].text();
    if (is_zone_name(zone) && std::find(names.begin(), names.end(), zone) == names.end())
      names.push_back(zone);
  }
  return names;
}

void CatalogueBuilder::add_zone(const MappingFile& sender, SenderProfile& profile) {
  profile.zone = nullptr;
  if (profile.stamps_in_utc && profile.time_zone.empty())
    problem({sender.path, 0}, "stamps_in_utc without a time zone changes nothing",
            "say in which time_zone the patient is, or leave stamps_in_utc out");
  if (!is_zone_name(profile.time_zone)) return;  // none, or said to be no name already
  const MappingFile* data = file("zones/" + profile.time_zone);
  auto zone = data != nullptr ? TimeZone::parse(data->text) : std::nullopt;
  if (!zone) {
    problem({sender.path, 0}, "this machine does not know the time zone " + profile.time_zone,
            "install the package tzdata, or correct the name");
    return;
  }
  profile.zone = std::make_shared<const TimeZone>(std::move(*zone));
}

void CatalogueBuilder::check_z_codes(const MappingFile& sender, const SenderProfile& profile) {
  for (const auto& [field, codes] : profile.z_codes) {
    const auto kind = profile.z_fields.find(field);
    if (kind == profile.z_fields.end()) continue;
    const auto known = codes_of(uri_of(kind->second));
    for (const auto& [code, meaning] : codes) {
      // A kind without a code system of its own takes any word.
      if (known.empty() || std::find(known.begin(), known.end(), meaning) != known.end()) continue;
      problem({sender.path, 0},
              field + " " + code + " means " + meaning + ", which is no " + kind->second,
              did_you_mean(meaning, known, "see " + kind->second + " in codes/values.csv"));
    }
  }
}

void CatalogueBuilder::check_pairs(const MappingFile& sender, const SenderProfile& profile) {
  if (profile.recognise.empty()) {
    problem({sender.path, 0}, "nothing says how this sender is recognised",
            R"(add "recognise": [{"msh3": "…", "msh4": "…"}])");
  }
  const std::size_t index = catalogue_->profiles_.size() - 1;
  for (const auto& [msh3, msh4] : profile.recognise) {
    const auto [other, added] =
        catalogue_->profile_by_sender_.emplace(joined_key({msh3, msh4}), index);
    if (added) continue;
    problem({sender.path, 0},
            msh3 + "|" + msh4 + " is recognised by " + catalogue_->profiles_[other->second].name +
                " already, so this profile is never reached by it",
            "remove the pair from one of the two");
  }
}

void CatalogueBuilder::check_code_maps_are_used() {
  for (const auto& [name, rows] : catalogue_->codes_) {
    const bool used =
        std::any_of(catalogue_->profiles_.begin(), catalogue_->profiles_.end(),
                    [&](const SenderProfile& profile) { return profile.code_map == name; });
    if (used) continue;
    problem({"codes/" + name + ".csv", 0}, "no sender uses this code map, so no row is reached",
            "name it as code_map in a file of senders/, or remove it");
  }
}

}  // namespace gateway::mapping
