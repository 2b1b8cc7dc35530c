#pragma once

#include <sys/socket.h>

#include <string>

// Only .cpp files of this library include this.
namespace cdiscount::kafka {

/// For rd_kafka_conf_set_connect_cb of a client that talks in plain text: connects to addresses of this machine only.
/// The bootstrap servers are checked before (Validate); this is for the brokers that they name. Returns an errno;
/// EACCES when it refuses. Thread-safe.
int ConnectOnThisMachine(int socket, const sockaddr* address, int size, const char* broker, void* opaque);

/// Which broker ConnectOnThisMachine refused in the last minute and what to change, for the error of a call that waited
/// for it; empty when there was none. Of the whole process. Thread-safe.
std::string RefusedBroker();

}  // namespace cdiscount::kafka
