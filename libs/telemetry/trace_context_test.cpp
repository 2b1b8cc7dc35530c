#include "telemetry/trace_context.hpp"

#include <gtest/gtest.h>

namespace cdiscount::telemetry {
namespace {

constexpr std::string_view kHeader = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

TEST(TraceContext, ReadsAndWritesAHeader) {
  const auto context = TraceContext::Parse(kHeader);

  ASSERT_TRUE(context);
  EXPECT_EQ(context->trace_id(), "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(context->span_id(), "b7ad6b7169203331");
  EXPECT_TRUE(context->sampled());
  EXPECT_EQ(context->ToHeader(), kHeader);
}

TEST(TraceContext, KeepsOnlyTheFlagItKnows) {
  const auto context = TraceContext::Parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-fe");

  ASSERT_TRUE(context);
  EXPECT_FALSE(context->sampled());
  EXPECT_EQ(context->ToHeader(), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00");
}

TEST(TraceContext, ReadsANewerVersionAsFarAsItKnows) {
  EXPECT_TRUE(TraceContext::Parse("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
  EXPECT_TRUE(TraceContext::Parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes"));
  EXPECT_FALSE(TraceContext::Parse("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01what"));
}

TEST(TraceContext, RefusesWhatBreaksTheFormat) {
  for (const std::string_view broken : {
           "",
           "00",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
           "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",  // no such version
           "00-00000000000000000000000000000000-b7ad6b7169203331-01",  // no trace
           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",  // no parent
           "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",  // upper case
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",  // 00 ends after the flags
           "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ",
           "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
           "zz-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
       }) {
    EXPECT_FALSE(TraceContext::Parse(broken)) << broken;
  }
}

TEST(TraceContext, GivesAChildItsOwnSpanInTheSameTrace) {
  const auto parent = TraceContext::NewRoot();
  const auto child = parent.Child();

  EXPECT_EQ(child.trace_id(), parent.trace_id());
  EXPECT_NE(child.span_id(), parent.span_id());
  EXPECT_EQ(TraceContext::Parse(child.ToHeader()), child);
}

TEST(TraceContext, StartsANewTraceWhenThereIsNone) {
  const auto first = TraceContext::ParseOrNewRoot("nonsense");
  const auto second = TraceContext::ParseOrNewRoot("");

  EXPECT_NE(first.trace_id(), second.trace_id());
  EXPECT_TRUE(first.sampled());
  EXPECT_EQ(TraceContext::ParseOrNewRoot(kHeader).ToHeader(), kHeader);
}

}  // namespace
}  // namespace cdiscount::telemetry
