#include "gateway/forward/topic_target.hpp"

#ifdef IMMUNOGATE_KAFKA

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <librdkafka/rdkafka.h>

#include "gateway/forward/connection.hpp"
#include "gateway/security/tls_profile.hpp"

namespace gateway::forward {
namespace {

using base::Error;
using base::ErrorKind;
using outbox::TargetAnswer;
using Properties = std::vector<std::pair<std::string, std::string>>;

struct FreeConfiguration {
  void operator()(rd_kafka_conf_t* conf) const noexcept { rd_kafka_conf_destroy(conf); }
};
using Configuration = std::unique_ptr<rd_kafka_conf_t, FreeConfiguration>;

/// What became of one record.
struct Report {
  std::mutex mutex;
  std::condition_variable came;
  bool is_there = false;  // guarded by mutex
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

void on_report(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
  auto& report = *static_cast<Report*>(message->_private);
  const std::lock_guard lock(report.mutex);
  report.error = message->err;
  report.is_there = true;
  report.came.notify_all();  // within the lock: the report goes with who waits
}

/// librdkafka logs to standard error by itself, addresses and all; we say what became of records.
void log_nothing(const rd_kafka_t*, int, const char*, const char*) {}

Properties properties_of(const TopicSettings& settings) {
  Properties out = {{"bootstrap.servers", settings.brokers},
                    {"client.id", "immunogate"},
                    {"enable.idempotence", "true"},
                    {"acks", "all"},
                    {"linger.ms", "2"},
                    {"message.max.bytes", "33554432"},
                    {"message.timeout.ms", std::to_string(settings.timeout.count())},
                    {"security.protocol", "ssl"},
                    {"ssl.endpoint.identification.algorithm", "https"},
                    {"ssl.cipher.suites", security::ciphers_of_1_2},
                    {"ssl.curves.list", security::groups},
                    {"ssl.ca.location", settings.tls.ca.string()}};
  if (!settings.tls.certificate.empty()) {
    out.emplace_back("ssl.certificate.location", settings.tls.certificate.string());
    out.emplace_back("ssl.key.location", settings.tls.key.string());
  }
  out.insert(out.end(), settings.properties.begin(), settings.properties.end());
  return out;
}

/// A producer of one edition of TLS files; its thread hears of what became of records.
class Producer {
 public:
  static base::Result<std::shared_ptr<Producer>> start(const TopicSettings& settings) {
    Configuration conf(rd_kafka_conf_new());
    char why[512] = {};
    for (const auto& [name, value] : properties_of(settings))
      if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why, sizeof why) !=
          RD_KAFKA_CONF_OK)
        return unusable(why);
    rd_kafka_conf_set_dr_msg_cb(conf.get(), on_report);
    rd_kafka_conf_set_log_cb(conf.get(), log_nothing);
    rd_kafka_conf_set_connect_cb(
        conf.get(), settings.allow_private_address ? connect_privately : connect_publicly);
    rd_kafka_t* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), why, sizeof why);
    if (handle == nullptr) return unusable(why);
    (void)conf.release();  // the handle's now
    return std::make_shared<Producer>(handle);
  }

  explicit Producer(rd_kafka_t* handle) : handle_(handle) {
    poll_ = std::thread([this] {
      while (!ends_) rd_kafka_poll(handle_, 100);
    });
  }
  ~Producer() {
    ends_ = true;
    poll_.join();
    rd_kafka_destroy(handle_);
  }
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  rd_kafka_resp_err_t produce(const std::string& topic, const outbox::Post& post) {
    Report report;
    const rd_kafka_resp_err_t taken = rd_kafka_producev(
        handle_, RD_KAFKA_V_TOPIC(topic.c_str()),
        RD_KAFKA_V_KEY(post.patient.data(), post.patient.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(post.body.data()), post.body.size()),
        RD_KAFKA_V_HEADER("X-ImmunoGate-Path", post.path.data(),
                          static_cast<ssize_t>(post.path.size())),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(&report), RD_KAFKA_V_END);
    if (taken != RD_KAFKA_RESP_ERR_NO_ERROR) return taken;
    std::unique_lock lock(report.mutex);
    report.came.wait(lock, [&] { return report.is_there; });  // message.timeout.ms ends it
    return report.error;
  }

 private:
  static int connect_publicly(int socket, const sockaddr* address, int length, const char*, void*) {
    return connect_checked(socket, *address, static_cast<socklen_t>(length),
                           net::Reach::public_only);
  }
  static int connect_privately(int socket, const sockaddr* address, int length, const char*,
                               void*) {
    return connect_checked(socket, *address, static_cast<socklen_t>(length),
                           net::Reach::also_private);
  }
  static Error unusable(const char* why) {
    return {ErrorKind::configuration, std::string("the topic cannot be used: ") + why, "",
            "see brokers and tls of the target"};
  }

  rd_kafka_t* const handle_;
  std::atomic<bool> ends_{false};
  std::thread poll_;
};

class TopicTarget final : public outbox::Target {
 public:
  TopicTarget(TopicSettings settings, std::shared_ptr<Producer> producer, std::uint64_t edition)
      : settings_(std::move(settings)), producer_(std::move(producer)), edition_(edition) {}

  base::Result<TargetAnswer> post(const outbox::Post& post) override {
    const auto producer = current();
    const auto error = producer->produce(settings_.topic, post);
    if (error == RD_KAFKA_RESP_ERR__FATAL) give_up(producer);
    const std::string words = rd_kafka_err2str(error);
    switch (error) {
      case RD_KAFKA_RESP_ERR_NO_ERROR:
        return TargetAnswer{200, "", {}};
      case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:  // about this message alone
      case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
      case RD_KAFKA_RESP_ERR_INVALID_RECORD:
        return TargetAnswer{413, "\"" + words + "\"", {}};
      case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
      case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
      case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
      case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
        return Error{ErrorKind::configuration, "the topic refuses us: " + words, settings_.topic,
                     "make the topic, and let this gateway write to it"};
      default:
        return Error{ErrorKind::unavailable, "the brokers did not take it: " + words,
                     settings_.topic, ""};
    }
  }

 private:
  /// What is under way ends with the producer it began with.
  std::shared_ptr<Producer> current() {
    const std::lock_guard lock(mutex_);
    const auto edition = settings_.editions ? settings_.editions->edition() : 0;
    if (edition == edition_) return producer_;
    if (auto renewed = Producer::start(settings_)) {
      producer_ = *std::move(renewed);
      edition_ = edition;
    }
    return producer_;
  }

  /// An idempotent producer that lost its sequence takes nothing any more; another one does.
  void give_up(const std::shared_ptr<Producer>& broken) {
    const std::lock_guard lock(mutex_);
    if (producer_ != broken) return;
    if (auto renewed = Producer::start(settings_)) producer_ = *std::move(renewed);
  }

  const TopicSettings settings_;
  std::mutex mutex_;
  std::shared_ptr<Producer> producer_;  // guarded by mutex_
  std::uint64_t edition_;               // guarded by mutex_; of its TLS files
};

}  // namespace

base::Result<std::unique_ptr<outbox::Target>> topic_target(const TopicSettings& settings) {
  const auto edition = settings.editions ? settings.editions->edition() : 0;
  auto producer = Producer::start(settings);
  if (!producer) return producer.error();
  return std::unique_ptr<outbox::Target>(
      std::make_unique<TopicTarget>(settings, *std::move(producer), edition));
}

bool knows_topics() {
  return true;
}

}  // namespace gateway::forward

#else

namespace gateway::forward {

base::Result<std::unique_ptr<outbox::Target>> topic_target(const TopicSettings& settings) {
  return base::Error{base::ErrorKind::configuration,
                     "this program was built without librdkafka, which topics need", settings.topic,
                     "install librdkafka-dev and build again"};
}

bool knows_topics() {
  return false;
}

}  // namespace gateway::forward

#endif
