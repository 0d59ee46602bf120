#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/time.hpp"
#include "gateway/http/admin/caller.hpp"
#include "gateway/http/admin/openings.hpp"
#include "gateway/http/message.hpp"
#include "gateway/query/journal.hpp"
#include "gateway/store/store.hpp"

namespace gateway::http::admin {

/// What arrived: the list of it, which holds nothing of what stands in a message, and one message
/// whole (TRUST.md §4.3): masked until a reason is given; from then on open to that person for half
/// an hour, and audited each time. Who may at all is decided before. Any thread.
class MessagesPage {
 public:
  MessagesPage(store::Store& store, query::Journal& journal, const base::Clock& clock,
               NoteShown note, Openings& openings);

  /// ?sender=&control_id=&patient=&since=&until=&state=&after=&count=. By patient only who may open
  /// content: that somebody was here is content.
  Response list(const Caller& who, std::string_view query);
  /// ?reason=treatment|quality|fault-finding|patient-request
  Response open(const Caller& who, const std::string& arrival, std::string_view query);

 private:
  Response masked(const store::ArrivalWhole& arrival) const;
  Response whole(const Caller& who, const store::ArrivalWhole& arrival, const Opening& opening);
  base::Result<void> note_search(const Caller& who, std::string_view query,
                                 const std::vector<std::string>& patients, std::size_t found);

  store::Store& store_;
  query::Journal& journal_;
  const base::Clock& clock_;
  const NoteShown note_;
  Openings& openings_;
};

}  // namespace gateway::http::admin
