#include "control/fault.h"

#include <gtest/gtest.h>

namespace svd::control {

TEST(Fault, Text_IsTheNameAlone_OrNameAndDetail) {
    EXPECT_EQ((Fault{FaultCode::BadName, "web"}.text()), "BAD_NAME: web");
    EXPECT_EQ((Fault{FaultCode::BadName, ""}.text()), "BAD_NAME: ");
    EXPECT_EQ(Fault{FaultCode::ShutdownState}.text(), "SHUTDOWN_STATE");
}

TEST(Fault, Codes_AreSupervisors) {
    EXPECT_EQ(static_cast<int>(FaultCode::CantReread), 92);
    EXPECT_EQ(fault_name(FaultCode::AbnormalTermination), "ABNORMAL_TERMINATION");
}

TEST(Fault, Word_IsOneForEachCode_AndNotTheWholeText) {
    EXPECT_EQ(fault_word(FaultCode::NotRunning), "NotRunning");
    EXPECT_EQ(fault_word(FaultCode::CantReread), "CantReread");
    EXPECT_EQ(fault_word(static_cast<FaultCode>(4711)), "Failed");
    EXPECT_FALSE(fault_advice(FaultCode::NotRunning).empty());
}

}  // namespace svd::control
