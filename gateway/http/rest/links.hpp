#pragma once
#include <string>
#include <utility>
#include <vector>

#include "gateway/http/message.hpp"
#include "gateway/query/reader.hpp"

namespace gateway::http::rest {

/// The `outcome` entry of a page: what is to be known about it.
std::string outcome_of(const std::vector<std::string>& notes);

/// The links of an answer that comes in pages (FHIR R4, search, paging): each as it can be asked
/// again, `_pretty` included.
class PageLinks {
 public:
  /// `self`: what was understood, as in `Query::self`; `url` has no query.
  PageLinks(const Request& request, const std::string& url, const std::string& self);

  std::vector<std::pair<std::string, std::string>> of(const query::Page& page) const;
  /// Of a cursor that has expired with the way back: a link to the first page.
  Response refused(const base::Error& error) const;

 private:
  std::string first_;
};

}  // namespace gateway::http::rest
