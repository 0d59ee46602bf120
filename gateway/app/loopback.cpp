#include "gateway/app/loopback.hpp"

#include <Poco/Exception.h>
#include <Poco/URI.h>
#include <boost/asio/ip/address.hpp>

namespace gateway::app {

std::string host_of(const std::string& url) {
  try {
    return Poco::URI(url).getHost();
  } catch (const Poco::Exception&) {
    return {};
  }
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

}  // namespace gateway::app
