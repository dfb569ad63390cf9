// XML-RPC fault codes of supervisor.* that svctl tells apart.
#pragma once

namespace svd::cli {

enum FaultCode : int {
    kFaultUnknownMethod = 1,
    kFaultShutdownState = 6,
    kFaultBadName = 10,
    kFaultBadSignal = 11,
    kFaultNoFile = 20,
    kFaultNotExecutable = 21,
    kFaultFailed = 30,
    kFaultAbnormalTermination = 40,
    kFaultSpawnError = 50,
    kFaultAlreadyStarted = 60,
    kFaultNotRunning = 70,
    kFaultSuccess = 80,
    kFaultAlreadyAdded = 90,
    kFaultStillRunning = 91,
    kFaultCantReread = 92,
};

}  // namespace svd::cli
