#include "gateway/forward/topic_target.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

using namespace gateway;
using namespace std::chrono_literals;
using base::ErrorKind;

namespace {

/// Brokers in this process (librdkafka's own), without TLS, which they do not know.
class Brokers : public testing::Test {
 protected:
  Brokers() {
    char why[256];
    owner_ = rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), why, sizeof why);
    cluster_ = rd_kafka_mock_cluster_new(owner_, 3);
    rd_kafka_mock_topic_create(cluster_, "results", 4, 3);
  }
  ~Brokers() override {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(owner_);
  }
  forward::TopicSettings settings() const {
    forward::TopicSettings out{
        rd_kafka_mock_cluster_bootstraps(cluster_), "results", {}, true, 10s};
    out.properties = {{"security.protocol", "plaintext"}};
    return out;
  }
  struct Record {
    std::string key, value, path;
    int partition = 0;
  };
  /// What stands in the topic: the first `count` records that are read.
  std::vector<Record> records(std::size_t count) const {
    rd_kafka_conf_t* conf = rd_kafka_conf_new();
    char why[256];
    for (const auto& [name, value] :
         {std::pair{"bootstrap.servers", rd_kafka_mock_cluster_bootstraps(cluster_)},
          std::pair{"group.id", "test"}, std::pair{"auto.offset.reset", "earliest"}})
      rd_kafka_conf_set(conf, name, value, why, sizeof why);
    rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, why, sizeof why);
    auto* all = rd_kafka_topic_partition_list_new(4);
    for (int partition = 0; partition < 4; ++partition)
      rd_kafka_topic_partition_list_add(all, "results", partition)->offset =
          RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(consumer, all);
    rd_kafka_topic_partition_list_destroy(all);
    std::vector<Record> out;
    for (int looks = 0; looks < 300 && out.size() < count; ++looks) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(consumer, 100);
      if (message == nullptr) continue;
      if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        Record record{{static_cast<const char*>(message->key), message->key_len},
                      {static_cast<const char*>(message->payload), message->len},
                      {},
                      message->partition};
        rd_kafka_headers_t* headers = nullptr;
        const void* path = nullptr;
        std::size_t size = 0;
        if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
            rd_kafka_header_get_last(headers, "X-ImmunoGate-Path", &path, &size) ==
                RD_KAFKA_RESP_ERR_NO_ERROR)
          record.path.assign(static_cast<const char*>(path), size);
        out.push_back(std::move(record));
      }
      rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(consumer);
    rd_kafka_destroy(consumer);
    return out;
  }

  rd_kafka_t* owner_;
  rd_kafka_mock_cluster_t* cluster_;
};

ErrorKind kind_of(const base::Result<outbox::TargetAnswer>& answer) {
  EXPECT_FALSE(answer);
  return answer ? ErrorKind::malformed : answer.error().kind;
}

TEST_F(Brokers, ADeliveryIsARecordUnderItsPatientsKeyInTheOrderOfItsPatient) {
  const auto target = forward::topic_target(settings());
  ASSERT_TRUE(target) << target.error().text();
  for (const char* body : {"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}) {
    const auto answer = (*target)->post({body, "clinic-a", "p1"});
    ASSERT_TRUE(answer) << answer.error().text();
    EXPECT_EQ(answer->status, 200);
  }
  const auto all = records(3);
  ASSERT_EQ(all.size(), 3U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].key, "p1");
    EXPECT_EQ(all[i].partition, all[0].partition);
    EXPECT_EQ(all[i].value, "{\"a\":" + std::to_string(i + 1) + "}");
    EXPECT_EQ(all[i].path, "clinic-a");
  }
}

TEST_F(Brokers, WhatABrokerRefusesForAWhileArrivesOnce) {
  constexpr std::int16_t produce = 0;  // of the protocol's requests
  rd_kafka_mock_push_request_errors(cluster_, produce, 2,
                                    RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
                                    RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT);
  const auto target = forward::topic_target(settings());
  ASSERT_TRUE(target);
  const auto answer = (*target)->post({"{}", "clinic-a", "p1"});
  ASSERT_TRUE(answer) << answer.error().text();
  EXPECT_TRUE((*target)->post({"{\"last\":1}", "clinic-a", "p1"}));
  const auto all = records(2);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].value, "{\"last\":1}");
}

TEST_F(Brokers, ATopicThatDoesNotLetUsIsTheTargetsFaultAndNobodyThereMayHeal) {
  constexpr std::int16_t produce = 0;
  rd_kafka_mock_push_request_errors(cluster_, produce, 1,
                                    RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  const auto target = forward::topic_target(settings());
  ASSERT_TRUE(target);
  EXPECT_EQ(kind_of((*target)->post({"{}", "", "p1"})), ErrorKind::configuration);
  auto nobody = settings();
  nobody.brokers = "127.0.0.1:1";
  nobody.timeout = 1s;
  EXPECT_EQ(kind_of((*forward::topic_target(nobody))->post({"{}", "", "p1"})),
            ErrorKind::unavailable);
}

using Threat10Topic = Brokers;
TEST_F(Threat10Topic, NoBrokerInAPrivateNetworkIsReachedUnlessTheAdministratorSaysSo) {
  auto careful = settings();
  careful.allow_private_address = false;
  careful.timeout = 1s;
  const auto target = forward::topic_target(careful);
  ASSERT_TRUE(target);
  EXPECT_EQ(kind_of((*target)->post({"{}", "", "p1"})), ErrorKind::unavailable);
}

TEST(TopicTarget, PropertiesThatCannotBeUsedAreSaidWhenItIsMade) {
  forward::TopicSettings settings{"127.0.0.1:9093", "results", {}, true};
  settings.tls.ca = "/nowhere/ca.pem";
  const auto target = forward::topic_target(settings);
  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().kind, ErrorKind::configuration);
}

}  // namespace
